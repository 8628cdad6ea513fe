/**
 * The command `bench` by itself: `deno run -A jsr:@failover/watcher/bench --transport zeromq`. Runs as soon as it is loaded, with
 * the arguments of this process.
 *
 * @module
 */

import process from "node:process";
import { exitWith } from "../cli/exit.ts";
import { run } from "./index.ts";

await exitWith(run(process.argv.slice(2)));
