/** One program of the demo: a watcher on ZeroMQ that tells what happens to it. */

import { parseArgs } from "node:util";
import { sameHostFence } from "../../src/elections/host-lock/index.ts";
import { Watcher } from "../../src/index.ts";
import { zeromq } from "../../transports/zeromq/index.ts";
import { hostNow, writeReport } from "./report.ts";
import { DEMO_TIMINGS } from "./timings.ts";

const { values } = parseArgs({
  options: { name: { type: "string" }, workdir: { type: "string" }, primary: { type: "boolean", default: false } },
});

const watcher = new Watcher({
  transport: zeromq({ workdir: values.workdir ?? process.cwd() }),
  group: "demo",
  ...(values.name === undefined ? {} : { instanceId: values.name }),
  role: values.primary ? "primary" : "secondary",
  enabled: true,
  ...DEMO_TIMINGS,
  fence: sameHostFence(),
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
watcher.on("error", ({ reason }) => writeReport({ type: "error", at: hostNow(), message: reason.message }));
watcher.on("primary-unresponsive", ({ reason }) =>
  writeReport({ type: "unresponsive", at: hostNow(), message: reason.message }),
);

process.once("SIGTERM", () => {
  watcher.shutdown().then(
    () => process.exit(0),
    (error: unknown) => {
      writeReport({ type: "error", at: hostNow(), message: String(error) });
      process.exit(1);
    },
  );
});

await watcher.start();
writeReport({ type: "live", at: hostNow() });
tellStatus();
setInterval(tellStatus, 100);
