/** An instance before anything has happened to it. */

import { firstRhythm } from "./heartbeat.ts";
import type { Metadata } from "../messages.ts";
import type { Settings, State } from "./state.ts";

/** @param seed any whole number; jitter is drawn from it */
export function initialState(
  settings: Settings,
  options: { enabled: boolean; ambition: boolean; seed: number; metadata?: Metadata | undefined },
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
    // A term known from before is no mandate: whoever lives as primary in a lower one stays primary.
    terms: { mandate: 0, highest: initialTerm },
    knowsMandate: false,
    odd: undefined,
    unbelieved: undefined,
    suspect: undefined,
    metadata: options.metadata,
    primary: undefined,
    peers: new Map(),
    latest: undefined,
    watch: {
      detector: settings.detector.initial,
      since: -Infinity,
      silenceAt: Infinity,
      questions: 0,
      quietUntil: -Infinity,
      othersUntil: -Infinity,
      excused: false,
      evidence: undefined,
    },
    stalledAt: -Infinity,
    readUpTo: -Infinity,
    reading: false,
    failures: 0,
    backoffUntil: -Infinity,
    courtesyUntil: -Infinity,
    holdBackUntil: -Infinity,
    holdBackLimit: -Infinity,
    attempt: undefined,
    rivals: new Map(),
    fencing: undefined,
    fenced: undefined,
    standbys: undefined,
    gaveWay: false,
    office: undefined,
    rhythm: firstRhythm(-Infinity),
    work: { stage: "idle", since: 0, term: 0 },
    health: { ok: settings.health ? undefined : true, answeredAt: -Infinity, asking: 0, dueAt: Infinity },
    staleAnswerAt: Infinity,
    checks: [],
    inquiry: { askAt: Infinity, askedAt: -Infinity },
    handover: undefined,
    wakeAt: Infinity,
  };
}
