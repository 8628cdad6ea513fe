/** What was measured, as lines for people; beside it, what was measured before. */

import type { Cost, Crowd, MicroResult } from "./result.ts";

/** @param former an earlier run: every figure is then followed by how many times the former one it is */
export function formatMicro({ costs, crowds }: MicroResult, former?: MicroResult): string {
  const costRows = costs.map((cost) => costRow(cost, find(former?.costs, cost)));
  const crowdRows = crowds.map((crowd) => crowdRow(crowd, find(former?.crowds, crowd)));
  return [
    ...table(["microseconds each", "mean", "", "p50", "", "p99", ""], costRows),
    "",
    ...table(
      [
        "while nothing happens",
        "watchers",
        "CPU ms/s",
        "",
        "µs/heartbeat",
        "",
        "heap B",
        "",
        "memory B",
        "",
        "late p99",
        "max ms",
      ],
      crowdRows,
    ),
  ].join("\n");
}

function costRow(cost: Cost, former: Cost | undefined): string[] {
  const { name, mean, p50, p99, margin } = cost;
  return [
    name,
    `${figure(mean)} ±${margin.toFixed(1)}%`,
    ratio(mean, former?.mean),
    figure(p50),
    ratio(p50, former?.p50),
    figure(p99),
    ratio(p99, former?.p99),
  ];
}

function crowdRow(crowd: Crowd, former: Crowd | undefined): string[] {
  const { name, watchers, interval, cpu, cpuPerHeartbeat, heapPerWatcher, memoryPerWatcher, lateness } = crowd;
  return [
    `${name}, every ${interval} ms`,
    String(watchers),
    figure(cpu),
    ratio(cpu, former?.cpu),
    figure(cpuPerHeartbeat),
    ratio(cpuPerHeartbeat, former?.cpuPerHeartbeat),
    Math.round(heapPerWatcher).toString(),
    ratio(heapPerWatcher, former?.heapPerWatcher),
    Math.round(memoryPerWatcher).toString(),
    ratio(memoryPerWatcher, former?.memoryPerWatcher),
    figure(lateness.p99),
    figure(lateness.max),
  ];
}

function find<Row extends { readonly name: string }>(rows: readonly Row[] | undefined, { name }: Row): Row | undefined {
  return rows?.find((row) => row.name === name);
}

/** Three digits that count. */
function figure(value: number): string {
  return value >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
}

function ratio(value: number, former: number | undefined): string {
  return former === undefined ? "" : `×${(value / former).toFixed(2)}`;
}

/** Columns as wide as their widest cell; a column without any cell is left out. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const kept = head.map((_, column) => rows.some((row) => row[column] !== "") || head[column] !== "");
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .filter((_, column) => kept[column])
      .join("  ")
      .trimEnd(),
  );
}
