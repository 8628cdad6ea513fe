/**
 * `npm run check:browser`: a page in headless Chromium on which two watchers of the packed package fail over. Says why not where
 * there is no Chromium.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runCommand } from "../runtimes/programs.ts";
import { bundle } from "./bundle.ts";
import { pack } from "./pack.ts";

/** What runs on the page: the first leaves, and the second takes over. */
const PROGRAM = `
import { Watcher } from "failover-watcher";
import { memory, MemoryBus } from "failover-watcher/memory";

const bus = new MemoryBus({ delay: 1 });
const words = [];
const make = (instanceId, done) =>
  new Watcher({
    transport: memory(bus),
    instanceId,
    enabled: true,
    heartbeatInterval: 50,
    heartbeatTimeout: 225,
    onPromote: ({ term, reason }) => {
      words.push(instanceId + " leads in term " + term + " after " + reason.code);
      done();
    },
  });
const promoted = (instanceId) => {
  let watcher;
  const leads = new Promise((done) => { watcher = make(instanceId, done); });
  return { watcher, leads };
};
const [first, second] = [promoted("first"), promoted("second")];
await first.watcher.start();
await first.leads;
await second.watcher.start();
await first.watcher.shutdown();
await second.leads;
document.body.textContent = words.join("; ");
`;

const EXPECTED = "first leads in term 1 after silence; second leads in term 2 after shutdown";

const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);
if (chromium === undefined)
  process.stdout.write("Not checked in a browser: there is no Chromium here (Debian: apt-get install chromium).\n");
else await check(chromium);

async function check(browser: string): Promise<void> {
  const packed = await pack();
  const profile = mkdtempSync(join(tmpdir(), "failover-browser-"));
  try {
    const { code } = await bundle(packed.project, PROGRAM);
    const page = join(packed.folder, "page.html");
    writeFileSync(
      page,
      `<!doctype html><meta charset="utf-8"><body><script type="module">${new TextDecoder().decode(code)}</script>`,
    );
    const shown = await runCommand(browser, [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`],
      ...["--virtual-time-budget=10000", "--dump-dom", `file://${page}`],
    ]);
    if (!shown.includes(EXPECTED))
      throw new Error(`The page in ${browser} says: ${shown.replace(/<script.*<\/script>/s, "")}`);
    process.stdout.write(`In ${browser}: ${EXPECTED}.\n`);
  } finally {
    rmSync(packed.folder, { recursive: true, force: true });
    rmSync(profile, { recursive: true, force: true });
  }
}
