/** One question over a connection of its own, through a DEALER socket of libzmq. */

import { connectAddress } from "../address.ts";
import type { ZeroMQ } from "./load.ts";
import type { Settings } from "./settings.ts";
import { create, readEvents, readMessages } from "./socket.ts";

/** Undefined where nobody is there, or nobody has answered when `signal` aborts. */
export async function ask(
  zmq: ZeroMQ,
  settings: Settings["requester"],
  endpoint: string,
  question: Uint8Array,
  signal: AbortSignal,
  report: (error: Error) => void,
): Promise<Uint8Array | undefined> {
  if (signal.aborted) return undefined;
  const socket = create(() => new zmq.Dealer(settings));
  let answer: Uint8Array | undefined;
  const hangUp = (): void => socket.close();
  const broken = (error: Error): void => {
    report(error);
    hangUp();
  };
  signal.addEventListener("abort", hangUp, { once: true });
  const gone = readEvents(
    socket,
    ({ type }) => {
      // One connection, one attempt: whatever ends it ends the question.
      if (type === "connect:retry" || type === "disconnect") hangUp();
    },
    { report, broken },
  );
  void readMessages(
    socket,
    ([empty, reply, ...more]) => {
      if (empty?.length !== 0 || reply === undefined || more.length > 0) return;
      answer ??= reply;
      hangUp();
    },
    { report, broken },
  );
  socket.connect(connectAddress(endpoint));
  // The frames wait in the socket until it is connected.
  socket.send([new Uint8Array(), question]).catch(report);
  await gone;
  signal.removeEventListener("abort", hangUp);
  return answer;
}
