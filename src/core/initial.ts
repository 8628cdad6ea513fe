/** An instance before anything has happened to it. */

import { firstRhythm } from "./heartbeat.ts";
import type { Settings, State } from "./state.ts";

/** @param seed any whole number; jitter is drawn from it */
export function initialState(
  settings: Settings,
  options: { enabled: boolean; ambition: boolean; seed: number },
): State {
  const { initialTerm } = settings;
  return {
    settings,
    life: "new",
    role: "secondary",
    enabled: options.enabled,
    ambition: options.ambition,
    random: options.seed,
    seq: 0,
    ids: 0,
    barrier: false,
    link: { up: false, connection: 0, quietUntil: Infinity, asked: Infinity },
    terms: { mandate: initialTerm, highest: initialTerm },
    primary: undefined,
    peers: new Map(),
    watch: {
      detector: settings.detector.initial,
      since: -Infinity,
      silenceAt: Infinity,
      asked: false,
      quietUntil: -Infinity,
      othersUntil: -Infinity,
      excused: false,
      evidence: undefined,
    },
    stalledAt: -Infinity,
    readUpTo: -Infinity,
    reading: false,
    holdUntil: -Infinity,
    failures: 0,
    attempt: undefined,
    rivals: new Map(),
    fencing: undefined,
    office: undefined,
    rhythm: firstRhythm(-Infinity),
    work: { stage: "idle", since: 0, term: 0 },
    health: { ok: true, asking: 0, dueAt: Infinity },
    staleAnswerAt: Infinity,
    checks: [],
    handover: undefined,
    wakeAt: Infinity,
  };
}
