/**
 * `npm run montecarlo [-- HEARTBEATS [SEED]]`: every closed form of `failover-watcher/qos` beside a simulation of what it is a
 * formula of. z is the distance in standard errors.
 */

import process from "node:process";
import { crashes } from "./crashes.ts";
import { mistakes } from "./mistakes.ts";
import { deviation, type Row } from "./row.ts";

const [heartbeats = 2_000_000, seed = 1] = process.argv.slice(2).map(Number);

const short = (value: number): string => value.toPrecision(6);
const line = (row: Row): string =>
  [
    row.what.padEnd(58),
    row.metric.padEnd(17),
    short(row.closed).padStart(12),
    short(row.simulated.value).padStart(12),
    row.simulated.error.toPrecision(2).padStart(9),
    deviation(row).toFixed(2).padStart(6),
  ].join(" ");

const rows = [...mistakes(heartbeats, seed), ...crashes(Math.ceil(heartbeats / 40), seed)];
process.stdout.write(`${"".padEnd(77)} closed form    simulated  standard      z\n`);
for (const row of rows) process.stdout.write(`${line(row)}\n`);

const squares = rows.reduce((sum, row) => sum + deviation(row) ** 2, 0);
const worst = Math.max(...rows.map((row) => Math.abs(deviation(row))));
process.stdout.write(
  `\n${rows.length} figures, root mean square of z ${Math.sqrt(squares / rows.length).toFixed(2)}, largest ${worst.toFixed(2)}\n`,
);
process.exitCode = worst < 4.5 ? 0 : 1;
