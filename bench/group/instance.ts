/** One program of a group under observation: a watcher that tells what happens to it. */

import { createServer } from "node:net";
import process from "node:process";
import { parseArgs } from "node:util";
import { silentLogger } from "./silent-logger.ts";
import { makeBus } from "./bus.ts";
import { observed } from "./observed.ts";
import { hostNow, writeReport, writeReports } from "./report.ts";
import { stall, type StallOrder } from "./stall.ts";
import { makeWork } from "./work.ts";

const { values } = parseArgs({
  options: {
    name: { type: "string", default: "instance" },
    group: { type: "string", default: "default" },
    transport: { type: "string", default: "zeromq" },
    url: { type: "string", default: "" },
    election: { type: "string", default: "" },
    engine: { type: "string", default: "" },
    workdir: { type: "string", default: process.cwd() },
    stateDir: { type: "string", default: "" },
    bind: { type: "string", default: "" },
    peers: { type: "string", default: "" },
    interval: { type: "string", default: "500" },
    timeout: { type: "string", default: "2750" },
    primary: { type: "boolean", default: false },
    observer: { type: "boolean", default: false },
    eager: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    fence: { type: "boolean", default: false },
    /** Listens on a bare socket as well: when it ends is the kernel's own notice of this process's death. */
    floor: { type: "boolean", default: false },
    watchful: { type: "boolean", default: false },
    beats: { type: "boolean", default: false },
    status: { type: "string", default: "100" },
    /** Says nothing on stderr. */
    quiet: { type: "boolean", default: false },
    /** What its work is told. */
    order: { type: "string", default: "" },
  },
});
const timeout = Number(values.timeout);
// What else a watcher says is told in reports; and stdout is theirs.
const complain = (message: string): void => void process.stderr.write(`${message}\n`);
const { watcher, start } = observed(
  {
    ...values,
    timeout,
    interval: Number(values.interval),
    status: Number(values.status),
    bus: await makeBus(values),
    work: makeWork(values.order),
    logger: values.quiet ? silentLogger : { ...silentLogger, error: complain },
  },
  writeReport,
);

if (!values.quiet) {
  watcher.on("error", ({ reason }) => complain(`${values.name}: ${reason.message}`));
  watcher.on("misconfigured", ({ reason }) => complain(`${values.name}: ${reason.message}`));
}

process.once("exit", writeReports);
process.once("SIGTERM", () => {
  watcher.shutdown().then(
    () => process.exit(0),
    (error: unknown) => {
      writeReport({ type: "error", at: hostNow(), message: String(error) });
      process.exit(1);
    },
  );
});
process.on("message", (order: StallOrder) =>
  stall(order, timeout, () => writeReport({ type: "unblocked", at: hostNow() })),
);

if (values.floor) {
  const server = createServer().listen({ port: 0, host: "127.0.0.1" }, () => {
    const address = server.address();
    if (address !== null && typeof address === "object")
      writeReport({ type: "floor", at: hostNow(), port: address.port });
  });
}

await start();
