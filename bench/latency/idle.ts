/** What a group costs while nothing happens. */

import { assemble, type Make } from "../group/assembly.ts";
import type { Report } from "../group/report.ts";
import type { Entry } from "../group/timeline.ts";
import type { Idle } from "../schema/latency.ts";
import { round } from "../statistics/round.ts";
import type { Cell } from "./cell.ts";

/** How long a group is looked at: so many heartbeats, but no less than the one and no more than the other, in milliseconds. */
const BEATS = 10;
const LEAST = 1_000;
const MOST = 20_000;

/**
 * Looks at a primary and its standbys doing nothing. Null in simulations: there one process is everybody.
 * @param group a name that no other group on this bus has
 * @throws {Error} (rejects) where the group did not come together, and where it was given up
 */
export async function watchIdle(
  make: Make,
  { interval, timeout }: Omit<Cell, "fault">,
  group: string,
  signal: AbortSignal,
): Promise<Idle | null> {
  if (make.transport === "memory") return null;
  const duration = Math.min(MOST, Math.max(LEAST, BEATS * interval));
  // Telling costs, too: so little is told.
  const status = duration / 2;
  const { ensemble, entries, close, limit } = await assemble(make, {
    ...{ group, interval, timeout, signal, status },
    witness: false,
  });
  try {
    // The first status of all is part of the start, the last one of the idle time.
    const done = ensemble.until(
      "everybody to have been idle",
      () => [...ensemble.players.keys()].every((name) => trafficOf(entries, name).length >= 5),
      limit + 3 * duration,
    );
    await done;
    return summarize(entries, [...ensemble.players.keys()]);
  } finally {
    await close();
  }
}

type Traffic = Report & { readonly type: "traffic" };

function trafficOf(entries: readonly Entry[], who: string): Traffic[] {
  return entries.flatMap(({ name, report }) => (name === who && report.type === "traffic" ? [report] : []));
}

function summarize(entries: readonly Entry[], names: readonly string[]): Idle {
  const rates = names.map((name) => {
    const told = trafficOf(entries, name);
    const [from, to] = [told.at(-3), told.at(-1)];
    if (from === undefined || to === undefined) throw new Error(`${name} told nothing of its costs.`);
    const seconds = (to.at - from.at) / 1_000;
    return {
      seconds,
      cpu: (to.cpu - from.cpu) / seconds,
      messages: (sum(to.messages) - sum(from.messages)) / seconds,
      bytes: (to.bytes - from.bytes) / seconds,
    };
  });
  const [primary, ...standbys] = rates;
  return {
    duration: round((primary?.seconds ?? 0) * 1_000),
    primaryCpu: round(primary?.cpu ?? 0),
    standbyCpu: round(standbys.reduce((total, { cpu }) => total + cpu, 0) / Math.max(1, standbys.length)),
    messages: round(rates.reduce((total, { messages }) => total + messages, 0)),
    bytes: round(rates.reduce((total, { bytes }) => total + bytes, 0)),
  };
}

function sum(messages: Readonly<Record<string, number>>): number {
  return Object.values(messages).reduce((total, one) => total + one, 0);
}
