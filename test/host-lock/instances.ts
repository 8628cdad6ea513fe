/** Instances for tests: in this process, or each in its own. Whatever they begin ends with the test. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { commandOf, current, type Runtime } from "../../bench/group/runtime.ts";
import { systemClock, type Clock } from "../../src/clock.ts";
import type { CampaignOutcome, Election, Mandate } from "../../src/election.ts";
import { hostLock } from "../../src/elections/host-lock/index.ts";
import { locate, type Place } from "../../src/elections/host-lock/place.ts";
import { stop } from "../support/stop.ts";
import { createLog, type Log } from "./log.ts";
import type { Order, Report, Setup } from "./protocol.ts";

const FIXTURE = resolve(import.meta.dirname, "../../.build/test/fixtures/host-lock-instance.js");

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "failover-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The lock of the group `test` in a folder that has its file, too. */
export function placeIn(workdir: string): Place {
  return locate("test", { workdir, stateDir: workdir });
}

/** Runs a server until the end of the test, and says where. */
export async function serve(server: Server, port = 0): Promise<number> {
  server.listen({ host: "127.0.0.1", port, exclusive: true });
  await once(server, "listening");
  onTestFinished(() => {
    if (server.listening) server.close();
  });
  return (server.address() as AddressInfo).port;
}

export interface InstanceOptions {
  readonly workdir: string;
  /** Where the last term is kept. @default the working directory */
  readonly stateDir?: string;
  /** Where its transport publishes. @default 45000 */
  readonly pub?: number;
  readonly port?: number;
  readonly group?: string;
  readonly instanceId?: string;
  readonly contend?: boolean;
}

let instances = 0;

function setupOf({
  workdir,
  stateDir = workdir,
  port,
  group = "test",
  instanceId,
  contend = false,
}: InstanceOptions): Setup {
  instances += 1;
  const incarnation = `nonce-${instances}`;
  return { workdir, stateDir, port, group, instanceId: instanceId ?? `instance-${instances}`, incarnation, contend };
}

/** An instance in this process. */
export interface Instance extends Setup {
  readonly election: Election;
  readonly log: Log;
  campaign(highestTerm?: number, signal?: AbortSignal): Promise<CampaignOutcome>;
  /** Campaigns, and fails the test if it does not win. */
  win(highestTerm?: number): Promise<Mandate>;
}

/** An instance in this process that is not open yet. */
export function makeInstance(
  options: InstanceOptions & { readonly clock?: Clock },
): Instance & { open(): Promise<void> } {
  const setup = setupOf(options);
  const { workdir, stateDir, port } = setup;
  const { pub = 45_000 } = options;
  const election = hostLock({ workdir, stateDir, ...(port === undefined ? {} : { port }) });
  const log = createLog();
  onTestFinished(() => election.close?.());

  function campaign(highestTerm = 0, signal = new AbortController().signal): Promise<CampaignOutcome> {
    const lost = (message: string): void => log.add({ type: "lost", message });
    return election.campaign({ highestTerm, signal, renewed: () => undefined, lost });
  }

  return {
    ...setup,
    election,
    log,
    campaign,
    async win(highestTerm) {
      const outcome = await campaign(highestTerm);
      if (!outcome.won) throw new Error(`${setup.instanceId} did not win: ${outcome.message}`);
      return outcome.mandate;
    },
    async open() {
      await election.open?.({
        ...setup,
        heartbeatInterval: 1000,
        heartbeatTimeout: 3000,
        ports: { pub, rpc: pub + 1 },
        clock: options.clock ?? systemClock,
        candidate: true,
        standbys: (count) => log.add({ type: "standbys", count }),
        greeted: (holder) => log.add({ type: "greeted", holder }),
        evidence: (evidence) => log.add({ type: "evidence", evidence }),
        misconfigured: (message) => log.add({ type: "misconfigured", message }),
        error: (error) => log.add({ type: "error", message: error.message }),
      });
    },
  };
}

/** An instance in this process that watches. */
export async function openInstance(options: InstanceOptions & { readonly clock?: Clock }): Promise<Instance> {
  const instance = makeInstance(options);
  await instance.open();
  return instance;
}

export interface RemoteOptions extends InstanceOptions {
  /** What it runs on. @default what the tests run on */
  readonly runtime?: Runtime;
  /** The user that it runs as; takes root. */
  readonly uid?: number;
  /** Put before its command, such as what gives it other namespaces. */
  readonly within?: readonly string[];
}

/** An instance in a process of its own. */
export interface RemoteInstance extends Setup {
  readonly pid: number;
  readonly log: Log;
  order(order: Order): void;
  signal(signal: NodeJS.Signals): void;
  /** Stops the process, and resolves when it stands still. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, with its exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts an instance in a process of its own, and resolves when it watches. */
export async function spawnInstance(options: RemoteOptions): Promise<RemoteInstance> {
  const setup = setupOf(options);
  const { runtime = current, uid, within = [] } = options;
  const { command, args } = commandOf(runtime, FIXTURE);
  const [program, ...rest] = [...within, command, ...args, JSON.stringify(setup)];
  const child: ChildProcess = spawn(program, rest, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("Could not start a process for an instance");
  const log = createLog();
  child.on("message", (report: Report) => log.add(report));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? code ?? 0));
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(pid, "SIGKILL");
    await ended;
  });
  await log.next(`${setup.instanceId} opens`, "opened");
  return {
    ...setup,
    pid,
    log,
    ended,
    order: (order) => child.send(order),
    signal: (signal) => process.kill(pid, signal),
    stop: () => stop(pid),
  };
}

/** Starts an instance in a process of its own, and resolves when it holds the lock. */
export async function spawnHolder(options: RemoteOptions): Promise<RemoteInstance> {
  const holder = await spawnInstance(options);
  holder.order({ type: "campaign" });
  await holder.log.next(`${holder.instanceId} wins`, "won");
  return holder;
}
