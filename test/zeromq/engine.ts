/** The engine that tests use which name none. */

import type { ZeromqOptions } from "../../transports/zeromq/index.ts";

let tested: "libzmq" | "zmtp" = "libzmq";

/** From now on, in this test file. */
export function useEngine(engine: "libzmq" | "zmtp"): void {
  tested = engine;
}

/** Options, on the engine under test unless they need libzmq. */
export function withEngine(options: ZeromqOptions): ZeromqOptions {
  return { engine: options.socketOptions === undefined ? tested : "libzmq", ...options };
}
