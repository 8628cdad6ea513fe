/** Runtimes x transports x scenarios: what is played, a few at a time, and how each went. */

import * as v from "valibot";
import { RUNTIMES, type Runtime } from "../../bench/group/runtime.ts";
import { BUSES, raiseBus, type BusName } from "./buses.ts";
import { playLife, SCENARIOS, type Scenario } from "./life.ts";
import { CONFORMANCE, run } from "./programs.ts";

/** What a row of the table is about. */
export interface Plan {
  /** Of the first primary, and of its two secondaries. */
  readonly runtimes: readonly [Runtime, Runtime, Runtime];
  readonly bus: BusName;
}

export const COLUMNS: readonly ["conformance", ...typeof SCENARIOS] = ["conformance", ...SCENARIOS];
export type Column = "conformance" | Scenario;

/** A row: nothing where it is as it should be, what went wrong, or null where the question does not arise. */
export interface Row extends Plan {
  readonly cells: Readonly<Record<Column, string | undefined | null>>;
}

const Verdict = v.object({ runtime: v.picklist(RUNTIMES), tests: v.number(), failures: v.array(v.string()) });

/** Every runtime on every bus, and where all three are asked for, mixed groups in all rotations. */
export function plan(runtimes: readonly Runtime[] = RUNTIMES): Plan[] {
  const alone = runtimes.flatMap((runtime) =>
    BUSES.map((bus) => ({ runtimes: [runtime, runtime, runtime], bus }) as const),
  );
  const [one, two, three] = runtimes;
  if (one === undefined || two === undefined || three === undefined) return alone;
  const rotations = [
    [one, two, three],
    [two, three, one],
    [three, one, two],
  ] as const;
  const mixed = rotations.flatMap((rotation) =>
    BUSES.filter((bus) => bus !== "memory").map((bus) => ({ runtimes: rotation, bus }) as const),
  );
  return [...alone, ...mixed];
}

export function isMixed({ runtimes: [primary, ...secondaries] }: Plan): boolean {
  return secondaries.some((runtime) => runtime !== primary);
}

/** Plays one row. */
export async function play(planned: Plan): Promise<Row> {
  const { runtimes, bus } = planned;
  const conforms = isMixed(planned) || bus === "nats-lease" ? null : await conformance(runtimes[0], bus);
  const life = bus === "memory" ? undefined : await playLife(bus, runtimes);
  const cell = (scenario: Scenario): string | undefined | null => (life === undefined ? null : life[scenario]);
  return {
    ...planned,
    cells: {
      conformance: conforms,
      crash: cell("crash"),
      return: cell("return"),
      hang: cell("hang"),
      graceful: cell("graceful"),
    },
  };
}

async function conformance(runtime: Runtime, bus: BusName): Promise<string | undefined> {
  const raised = await raiseBus(bus, ["a"]);
  try {
    const args = bus === "zeromq" || bus === "mesh" ? ["--transport", bus] : raised.args("a");
    const verdict = v.parse(v.pipe(v.string(), v.parseJson(), Verdict), await run(runtime, CONFORMANCE, args));
    if (verdict.runtime !== runtime) return `it ran on ${verdict.runtime}`;
    return verdict.failures.length === 0 ? undefined : verdict.failures.join("; ");
  } finally {
    await raised.close();
  }
}

/** Does at most `count` things at a time. */
export function atMost(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free === 0) await new Promise<void>((turn) => waiting.push(turn));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
