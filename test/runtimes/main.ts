/**
 * `npm run runtimes -- [--runtimes node,deno,bun]`: the table of runtimes, transports and scenarios, and mixed groups where all
 * three are asked for. Exits 1 where something fails. "node" is the Node that this program runs on.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { RUNTIMES } from "../../bench/group/runtime.ts";
import { installBrokers } from "../brokers/install.ts";
import { installRuntimes } from "./install.ts";
import { atMost, plan, play } from "./matrix.ts";
import { failuresOf, formatHead, formatRow, versionOf } from "./table.ts";

const { values } = parseArgs({ options: { runtimes: { type: "string", default: RUNTIMES.join() } } });
const runtimes = v.parse(v.array(v.picklist(RUNTIMES)), values.runtimes.split(","));

installBrokers();
installRuntimes();
process.stdout.write(`${(await Promise.all(runtimes.map(versionOf))).join(", ")}\n\n${formatHead()}\n`);
const inTurn = atMost(4);
const rows = await Promise.all(
  plan(runtimes).map((planned) =>
    inTurn(async () => {
      const row = await play(planned);
      process.stdout.write(`${formatRow(row)}\n`);
      return row;
    }),
  ),
);
const failures = rows.flatMap((row) => failuresOf(row).map((failure) => `${formatRow(row)}\n  ${failure}`));
process.stdout.write(failures.length === 0 ? "\nAll pass.\n" : `\n${failures.join("\n")}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
