/** One program of a group under observation: a watcher that tells what happens to it. */

import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { sameHostFence } from "../../src/elections/host-lock/index.ts";
import { Watcher } from "../../src/index.ts";
import { makeBus } from "./bus.ts";
import { metered } from "./meter.ts";
import { hostNow, writeReport, writeReports } from "./report.ts";
import { lookAround, stall, type StallOrder } from "./stall.ts";
import { makeWork } from "./work.ts";

const { values } = parseArgs({
  options: {
    name: { type: "string", default: "instance" },
    group: { type: "string", default: "default" },
    transport: { type: "string", default: "zeromq" },
    url: { type: "string", default: "" },
    election: { type: "string", default: "" },
    workdir: { type: "string", default: process.cwd() },
    bind: { type: "string", default: "" },
    peers: { type: "string", default: "" },
    interval: { type: "string", default: "500" },
    timeout: { type: "string", default: "2750" },
    primary: { type: "boolean", default: false },
    /** Watches only. */
    observer: { type: "boolean", default: false },
    eager: { type: "boolean", default: false },
    /** Stays primary while its own link is down. */
    keep: { type: "boolean", default: false },
    fence: { type: "boolean", default: false },
    /** Listens on a bare socket as well: when it ends is the kernel's own notice of this process's death. */
    floor: { type: "boolean", default: false },
    /** Reads `isPrimary` every millisecond, and tells when it has changed and when this program has stood still. */
    watchful: { type: "boolean", default: false },
    /** What its work is told. */
    order: { type: "string", default: "" },
  },
});
const timeout = Number(values.timeout);
const bus = await makeBus(values);
const { transport, read: readTraffic } = metered(bus.transport);
const work = makeWork(values.order);

const watcher = new Watcher({
  ...bus,
  transport,
  group: values.group,
  instanceId: values.name,
  role: values.primary ? "primary" : "secondary",
  enabled: !values.observer,
  heartbeatInterval: Number(values.interval),
  heartbeatTimeout: timeout,
  eager: values.eager,
  whenIsolated: values.keep ? "keep" : "demote",
  ...(values.fence ? { fence: sameHostFence() } : {}),
  async onPromote(promotion) {
    const { term, reason } = promotion;
    writeReport({ type: "onPromote", at: hostNow(), term, code: reason.code });
    await work?.promoted(promotion);
  },
  async onDemote({ term, reason }) {
    writeReport({ type: "onDemote", at: hostNow(), term, code: reason.code });
    await work?.demoted();
  },
});
work?.watch(watcher);

function tellStatus(): void {
  const { role, lastHeartbeat } = watcher;
  const term = role === "primary" ? watcher.term : (watcher.status().primary?.term ?? 0);
  const silence = lastHeartbeat === undefined ? null : Math.max(0, Date.now() - lastHeartbeat.getTime());
  writeReport({ type: "traffic", at: hostNow(), ...readTraffic() });
  writeReport({ type: "status", at: hostNow(), role, term, silence });
}

watcher.on("rolechange", tellStatus);
watcher.on("promoted", ({ term }) => {
  writeReport({ type: "heard", at: hostNow(), term });
  tellStatus();
});
watcher.on("evidence", ({ kind }) => writeReport({ type: "evidence", at: hostNow(), kind }));
watcher.on("link", ({ up }) => writeReport({ type: "link", at: hostNow(), up }));
watcher.on("error", ({ reason }) => writeReport({ type: "error", at: hostNow(), message: reason.message }));
watcher.on("primary-unresponsive", ({ reason }) =>
  writeReport({ type: "unresponsive", at: hostNow(), message: reason.message }),
);

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

await watcher.start();
writeReport({ type: "live", at: hostNow() });
tellStatus();
setInterval(tellStatus, 100);
if (values.watchful) {
  let read = watcher.isPrimary;
  const at = hostNow();
  writeReport({ type: "reads", at, isPrimary: read, before: at });
  lookAround((since) => {
    const { isPrimary } = watcher;
    const at = hostNow();
    const seen = { at, isPrimary, before: at - since };
    if (since > (timeout * 2) / 3) writeReport({ type: "woke", ...seen });
    if (isPrimary !== read) writeReport({ type: "reads", ...seen });
    read = isPrimary;
  });
}
