/** Ports for tests: each is given once in a run, and none is ever taken by an outgoing connection. */

import type { Server } from "node:net";
import process from "node:process";
import { onTestFinished } from "vitest";
import { areFree, listen } from "../../bench/group/ports.ts";

/** Below the ephemeral range of Linux, and below the host lock's: each worker of the test run has a share of its own. */
const FIRST = 10_000;
const SHARE = 2_000;

const start = FIRST + ((Number(process.env["VITEST_POOL_ID"] ?? 1) - 1) % 5) * SHARE;
/** Runs of their own on one machine begin at different places. */
let next = process.pid % SHARE;

/** Neighbouring ports that were free a moment ago; the first of them. */
export async function freePorts(count = 2): Promise<number> {
  for (;;) {
    if (next + count > SHARE) next = 0;
    const first = start + next;
    next += count;
    if (await areFree(first, count)) return first;
  }
}

/** Runs a server until the end of the test. */
export async function serve(server: Server, port: number): Promise<void> {
  await listen(server, port);
  onTestFinished(() => {
    if (server.listening) server.close();
  });
}
