/** What `tune` found, as one page: made of its JSON alone. */

import { formatEnvironment } from "../cli/environment.ts";
import { formatDuration } from "../cli/duration.ts";
import type { TuneResult } from "../schema/tune.ts";
import { formatCount, formatShare, perYear } from "../cli/figures.ts";
import { HEADINGS, legend, rowsOf } from "../tune/rows.ts";
import { escape } from "./escape.ts";
import { page, paragraph, table, type Section } from "./page.ts";
import { tuneFront } from "./plots/tune-front.ts";

/** @returns an HTML document without any reference to the outside */
export function renderTune(result: TuneResult): string {
  const { transport, version, date, complete, processes, args } = result;
  const caveats = [
    ...(complete ? [] : ["Recording was cut short."]),
    ...(processes === 1 ? ["Recorded within one process: no measurement of a bus."] : []),
  ];
  return page({
    title: `Which interval and timeout to set: ${transport}`,
    lead: [`failover-watcher ${version}, ${date.slice(0, 10)}.`, ...caveats].join(" "),
    facts: facts(result),
    command: ["failover-watcher", "tune", ...args],
    sections: [recommendation(result), choices(result), ...obstacles(result), seen(result)],
  });
}

function facts(result: TuneResult): readonly (readonly [string, string])[] {
  const { request, trace } = result;
  const { detectWithin, falseFailovers, heartbeatsPerSecond, standbys } = request;
  return [
    ["Measured on", formatEnvironment(result)],
    ["Trace", `${formatDuration(trace.duration)} of heartbeats every ${formatDuration(trace.interval)}`],
    [
      "Wanted",
      `${detectWithin === null ? "" : `a crash noticed within ${formatDuration(detectWithin)}, `}at most ${perYear(falseFailovers)}, at most ${formatCount(heartbeatsPerSecond)} heartbeats a second`,
    ],
    ["Watching", standbys === 1 ? "1 standby" : `${standbys} standbys, any of which may err`],
  ];
}

function recommendation({ recommended, why, evidence, code }: TuneResult): Section {
  const point = recommended?.point;
  const heading = "Recommended";
  if (point === null || point === undefined || code === null)
    return { heading, body: paragraph("What was wanted cannot be had here.", "verdict bad") };
  const settings = `A heartbeat every ${formatDuration(point.interval)}, a timeout of ${formatCount(point.timeout)} ms.`;
  return {
    heading,
    body: [
      paragraph(settings, "verdict good"),
      `<pre>${escape(code)}</pre>`,
      ...why.map((sentence) => paragraph(sentence)),
      ...(evidence === null ? [] : [paragraph(evidence, "note")]),
    ].join("\n"),
  };
}

/** Both lines of each heading as one. */
const [NAMES = [], UNITS = []] = HEADINGS;
const HEAD = NAMES.map((name, column) => `${name} ${UNITS[column] ?? ""}`.trim());

function choices(result: TuneResult): Section {
  const heading = "What an interval and a timeout buy";
  const rows = rowsOf(result).map((cells) => [cells.at(-1) ?? "", ...cells.slice(0, -1)]);
  const head = [HEAD.at(-1) ?? "", ...HEAD.slice(0, -1)];
  return {
    heading,
    body: tuneFront(result) + table(head, rows, 1, heading) + paragraph(legend(result).join(" "), "reading"),
  };
}

function obstacles({ obstacles: sentences }: TuneResult): readonly Section[] {
  if (sentences.length === 0) return [];
  return [{ heading: "What stands in the way", body: sentences.map((sentence) => paragraph(sentence)).join("\n") }];
}

function seen({ seen: found, misses }: TuneResult): Section {
  const { sent, lost, lossLimit, longestRun, delay, stalls, holdUps, readerStalls, drift } = found;
  const ms = (value: number): string => `${Number(value.toPrecision(3))} ms`;
  const counted = ({ count, longest }: { count: number; longest: number }): string =>
    count === 0 ? "none" : `${formatCount(count)}, the longest ${ms(longest)}`;
  const rows = [
    ["heartbeats lost", `${formatCount(lost)} of ${formatCount(sent)}; at most ${formatShare(lossLimit)} (95 %)`],
    ["lost in a row", formatCount(longestRun)],
    [
      "delay beyond the fastest",
      `${ms(delay.p50)} (half), ${ms(delay.p99)} (99 %), ${ms(delay.p999)} (99.9 %), ${ms(delay.max)} (slowest)`,
    ],
    ["the sender stood still", counted(stalls)],
    ["the way held heartbeats up", counted(holdUps)],
    ["the reader stood still", counted(readerStalls)],
    ["difference of the clocks", `${Number(drift.toPrecision(2))} millionths`],
    ...(misses?.ratio === null || misses === null
      ? []
      : [
          [
            `misses at ${formatDuration(misses.interval)}`,
            `${formatCount(misses.misses)}; in pairs ${Number(misses.ratio.toPrecision(2))} times as often as by chance`,
          ],
        ]),
  ];
  return { heading: "What was seen", body: table(["", ""], rows, 2, "What was seen") };
}
