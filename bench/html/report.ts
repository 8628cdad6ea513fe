/** What `bench` found, as one page: made of the JSON alone, so a saved result gives the same page at any time. */

import { formatEnvironment } from "../cli/environment.ts";
import type { BenchResult } from "../schema.ts";
import { latencySections } from "./latency-sections.ts";
import { page, paragraph, table, type Section } from "./page.ts";
import { stallSections } from "./stall-sections.ts";

/** @returns an HTML document without any reference to the outside */
export function renderReport(result: BenchResult): string {
  const { transport, election, engine, mode, date, args } = result;
  const bus = engine === null ? transport : `${transport} (${engine})`;
  const measured =
    mode === "latency" ? "How soon another instance takes over" : "How often a pause is taken for a death";
  return page({
    title: `${measured}: ${bus}, ${election}`,
    lead: `failover-watcher ${result.version}, ${date.slice(0, 10)}. ${caveat(result)}`.trim(),
    facts: facts(result),
    command: ["failover-watcher", ...args],
    sections: [...(mode === "latency" ? latencySections(result) : stallSections(result)), ...skipped(result)],
  });
}

function caveat({ complete, simulated }: BenchResult): string {
  const interrupted = complete ? "" : "The run was interrupted: cells have fewer trials than were asked for. ";
  const within = simulated ? "Simulated within one process: these are figures of no machine's failover." : "";
  return interrupted + within;
}

function facts(result: BenchResult): readonly (readonly [string, string])[] {
  const { seed, eager, standbys, load, machine } = result;
  const others = standbys === 1 ? "1 standby" : `${standbys} standbys`;
  const beside = load === 0 ? "none" : `${load} busy ${load === 1 ? "process" : "processes"}`;
  return [
    ["Measured on", formatEnvironment(result)],
    ["Memory", `${Math.round(machine.memory / 2 ** 20)} MiB`],
    ["Group", `a primary and ${others}${eager ? ", eager: a lost connection is acted on at once" : ""}`],
    ["Load beside it", beside],
    ["Seed", String(seed)],
  ];
}

/** What the library refused to be set to, and what does not apply. */
function skipped({ skipped: cells }: BenchResult): readonly Section[] {
  if (cells.length === 0) return [];
  const rows = cells.map(({ what, interval, timeout, why }) => [what, `${interval} / ${timeout}`, why]);
  const body =
    paragraph("These cells of the grid were not measured.") +
    table(["what", "interval / timeout (ms)", "why"], rows, 3, "Cells that were skipped");
  return [{ heading: "Skipped", body }];
}
