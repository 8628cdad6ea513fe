/** Counts what an instance sends, and tells when its heartbeats left and arrived. */

import * as v from "valibot";
import type { BusMessage, Transport } from "../../src/transport.ts";
import { hostNow, type Report } from "./report.ts";

/** What was sent so far: messages by topic, and the bytes of their bodies. */
export interface Traffic {
  readonly messages: Readonly<Record<string, number>>;
  readonly bytes: number;
}

const HEARTBEAT = "instance.heartbeat";

const Beat = v.pipe(
  v.instance(Uint8Array),
  v.transform((body) => new TextDecoder().decode(body)),
  v.parseJson(),
  v.object({ payload: v.object({ seq: v.number(), lateness: v.optional(v.number(), 0) }) }),
);

/**
 * The same transport, and what goes through it.
 * @param tell where heartbeats are to be told of, too: hears of each when it is sent and when it arrives
 */
export function metered(
  transport: Transport,
  tell?: (report: Report) => void,
): { readonly transport: Transport; read(): Traffic } {
  const messages: Record<string, number> = {};
  let bytes = 0;

  function note(type: "beat-sent" | "beat-heard", { topic, body }: BusMessage, at: number): void {
    if (topic !== HEARTBEAT) return;
    const beat = v.safeParse(Beat, body);
    if (beat.success) tell?.({ type, at, ...beat.output.payload });
  }

  return {
    transport: {
      ...transport,
      get capabilities() {
        return transport.capabilities;
      },
      get ports() {
        return transport.ports;
      },
      open(context, handlers) {
        if (tell === undefined) return transport.open(context, handlers);
        return transport.open(context, {
          ...handlers,
          message(message, from, deaf) {
            const at = hostNow();
            handlers.message(message, from, deaf);
            note("beat-heard", message, at);
          },
        });
      },
      send(message) {
        messages[message.topic] = (messages[message.topic] ?? 0) + 1;
        bytes += message.body.length;
        const at = hostNow();
        const sending = transport.send(message);
        if (tell !== undefined) note("beat-sent", message, at);
        return sending;
      },
    },
    read: () => ({ messages: { ...messages }, bytes }),
  };
}
