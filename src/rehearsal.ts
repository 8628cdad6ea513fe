/**
 * A failover in miniature before the real one. JavaScript engines compile a function when it is first called, and the first
 * crash is the one that counts: without this, the protocol's own part of it took a millisecond longer (Node 20).
 *
 * @module
 */

import type { Effect } from "./core/effect.ts";
import { initialState } from "./core/initial.ts";
import type { Input } from "./core/input.ts";
import type { Settings, State } from "./core/state.ts";
import { step } from "./core/step.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";

/** Takes an instance of these settings through a primary's life, death and succession. Pure: nothing comes of it. */
export function rehearse(settings: Settings, group: string): void {
  const about = { group, uptime: 0, startedAt: 0, sentAt: 0 };
  const primary = { instanceId: "rehearsal", incarnation: "rehearsal" };
  const { interval, timeout, priority } = settings;
  const heartbeat = { kind: "heartbeat", ...primary, seq: 1, term: 1, slot: 0, interval, timeout, priority } as const;
  const decoded = decodeEnvelope(encodeEnvelope(heartbeat, about), group);
  let state: State = initialState(settings, { enabled: true, ambition: false, seed: 1 });
  let now = 0;
  const feed = (input: Input): readonly Effect[] => {
    const [next, effects] = step(state, input, now);
    state = next;
    for (const effect of effects) if (effect.type === "send") encodeEnvelope(effect.message, about);
    return effects;
  };
  feed({ type: "opened", connection: 1, barrier: true });
  if ("message" in decoded) feed({ type: "message", message: decoded.message, from: "rehearsal" });
  feed({ type: "unlinked", from: "rehearsal", incarnation: undefined });
  feed({ type: "evidence", evidence: { kind: "refused", incarnation: primary.incarnation } });
  if (state.attempt !== undefined) feed({ type: "won", id: state.attempt.id, term: 2, deadline: Infinity });
  now += timeout;
  feed({ type: "onPromote-settled", error: undefined });
  feed({ type: "shutdown" });
  feed({ type: "onDemote-settled", error: undefined });
}
