/** The two ends of a heartbeat, without a bus between them: a primary that speaks and a secondary that hears. */

import type { Effect } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Input } from "../../src/core/input.ts";
import type { Settings } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import { decodeEnvelope, encodeEnvelope, type Biography } from "../../src/envelope.ts";
import type { Heartbeat, Message } from "../../src/messages.ts";
import { resolveSettings } from "../../src/settings.ts";
import type { BusMessage } from "../../src/transport.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";

const GROUP = "bench";
const ABOUT: Biography = { group: GROUP, uptime: 63_000, startedAt: 0, sentAt: 63_000 };

/** What a watcher that decides by claims works with. */
function settings(): Settings {
  const timings = { heartbeatInterval: 500, heartbeatTimeout: 2_750 };
  const options = { transport: memory(new MemoryBus()), group: GROUP, enabled: true, ...timings };
  return resolveSettings({ ...options, onPromote: () => undefined }).settings;
}

/** So many heartbeats of one primary, one after another. */
export function heartbeats(count: number): readonly Heartbeat[] {
  const speak = speaker();
  return Array.from({ length: count }, speak);
}

export function encode(message: Message): BusMessage {
  return encodeEnvelope(message, ABOUT);
}

/** @throws for anything that is not a message of the group: what is measured has to be the whole way */
export function decode(message: BusMessage): Message {
  const decoded = decodeEnvelope(message, GROUP);
  if ("message" in decoded) return decoded.message;
  throw new Error(`A heartbeat of our own was dropped as ${decoded.dropped}.`);
}

/** A primary by its owner's word. @returns takes it to its next interval, and gives what it says then */
export function speaker(): () => Heartbeat {
  const asserted: Settings = { ...settings(), election: "asserted", deadline: false };
  const take = instance(asserted);
  take({ type: "opened", connection: 1, barrier: true }, 0);
  take({ type: "onPromote-settled", error: undefined }, 0);
  let now = 0;
  return () => {
    now += asserted.interval;
    for (const effect of take({ type: "tick" }, now))
      if (effect.type === "send" && effect.message.kind === "heartbeat") return effect.message;
    throw new Error(`The primary said nothing at ${now} ms.`);
  };
}

/**
 * A secondary.
 * @param peers so many others have asked something
 * @returns has it hear one message, an interval after the one before
 */
export function listener(peers = 0): (message: Message) => readonly Effect[] {
  const own = settings();
  const take = instance(own);
  take({ type: "opened", connection: 1, barrier: true }, 0);
  for (let peer = 0; peer < peers; peer += 1) {
    const message: Message = { kind: "probe", instanceId: `peer-${peer}`, incarnation: `peer-${peer}`, seq: 0 };
    take({ type: "message", message, from: undefined }, 0);
  }
  let now = 0;
  return (message) => {
    now += own.interval;
    return take({ type: "message", message, from: undefined }, now);
  };
}

/** @returns takes an input, and gives what is to be done */
function instance(own: Settings): (input: Input, now: number) => readonly Effect[] {
  let state = initialState(own, { enabled: true, ambition: false, seed: 1 });
  return (input, now) => {
    const [next, effects] = step(state, input, now);
    state = next;
    return effects;
  };
}
