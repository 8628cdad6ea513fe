/** One program of a group under observation: a watcher on ZeroMQ that tells what happens to it. */

import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { sameHostFence } from "../../src/elections/host-lock/index.ts";
import { Watcher } from "../../src/index.ts";
import { zeromq } from "../../transports/zeromq/index.ts";
import { hostNow, writeReport, writeReports } from "./report.ts";

const { values } = parseArgs({
  options: {
    name: { type: "string", default: "instance" },
    group: { type: "string", default: "default" },
    workdir: { type: "string", default: process.cwd() },
    interval: { type: "string", default: "500" },
    timeout: { type: "string", default: "2750" },
    primary: { type: "boolean", default: false },
    fence: { type: "boolean", default: false },
    /** Listens on a bare socket as well: when it ends is the kernel's own notice of this process's death. */
    floor: { type: "boolean", default: false },
  },
});

const watcher = new Watcher({
  transport: zeromq({ workdir: values.workdir }),
  group: values.group,
  instanceId: values.name,
  role: values.primary ? "primary" : "secondary",
  enabled: true,
  heartbeatInterval: Number(values.interval),
  heartbeatTimeout: Number(values.timeout),
  ...(values.fence ? { fence: sameHostFence() } : {}),
  onPromote({ term, reason }) {
    writeReport({ type: "onPromote", at: hostNow(), term, code: reason.code });
  },
  onDemote({ term, reason }) {
    writeReport({ type: "onDemote", at: hostNow(), term, code: reason.code });
  },
});

function tellStatus(): void {
  const { role, term, lastHeartbeat } = watcher;
  const silence = lastHeartbeat === undefined ? null : Math.max(0, Date.now() - lastHeartbeat.getTime());
  writeReport({ type: "status", at: hostNow(), role, term, silence });
}

watcher.on("rolechange", tellStatus);
watcher.on("promoted", tellStatus);
watcher.on("evidence", ({ kind }) => writeReport({ type: "evidence", at: hostNow(), kind }));
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
