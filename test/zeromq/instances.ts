/** ZeroMQ transports for tests, on the engine under test. They end with the test. */

import { zeromq, type ZeromqOptions } from "../../transports/zeromq/index.ts";
import { instanceOf, type Instance } from "../support/instance.ts";
import { withEngine } from "./engine.ts";

export { instanceOf, message, type Instance, type Told } from "../support/instance.ts";

/** An instance that is not open yet. */
export function makeInstance(options: ZeromqOptions, group = "default"): Instance {
  return instanceOf(zeromq(withEngine(options)), group);
}

/** An instance that is open. */
export async function openInstance(options: ZeromqOptions): Promise<Instance> {
  const instance = makeInstance(options);
  await instance.open();
  return instance;
}

/** An instance that is open and leads. */
export async function openLeader(options: ZeromqOptions): Promise<Instance> {
  const instance = await openInstance(options);
  await instance.transport.lead?.();
  return instance;
}
