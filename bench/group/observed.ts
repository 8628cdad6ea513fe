/** A watcher that tells what happens to it. */

import process from "node:process";
import { systemClock } from "../../src/clock.ts";
import { sameHostFence } from "../../src/elections/host-lock/index.ts";
import { Watcher, type Logger } from "../../src/index.ts";
import type { Bus } from "./bus.ts";
import { metered } from "./meter.ts";
import { hostNow, type Report } from "./report.ts";
import { lookAround } from "./stall.ts";
import type { Work } from "./work.ts";

/** What is observed, and how closely. Durations in milliseconds. */
export interface Observation {
  readonly name: string;
  readonly group: string;
  readonly interval: number;
  readonly timeout: number;
  readonly bus: Bus;
  readonly primary: boolean;
  /** Watches only. */
  readonly observer: boolean;
  readonly eager: boolean;
  /** Stays primary while its own link is down. */
  readonly keep: boolean;
  readonly fence: boolean;
  /** Reads `isPrimary` every millisecond, and tells when it has changed and when this program has stood still. */
  readonly watchful: boolean;
  /** Tells of every heartbeat, and how late timers come. */
  readonly beats: boolean;
  /** How often its status is told. */
  readonly status: number;
  readonly work: Work | undefined;
  readonly logger: Logger;
}

/** A watcher, and what ends the telling. */
export interface Observed {
  readonly watcher: Watcher;
  /** Starts it, and resolves when it is live. */
  start(): Promise<void>;
  /** Tells nothing more. */
  stop(): void;
}

/** Makes a watcher that tells. */
export function observed(observation: Observation, tell: (report: Report) => void): Observed {
  const { bus, interval, timeout, work, logger } = observation;
  const { transport, read: readTraffic } = metered(bus.transport, observation.beats ? tell : undefined);
  const watcher = new Watcher({
    ...bus,
    transport,
    group: observation.group,
    instanceId: observation.name,
    role: observation.primary ? "primary" : "secondary",
    enabled: !observation.observer,
    heartbeatInterval: interval,
    heartbeatTimeout: timeout,
    eager: observation.eager,
    whenIsolated: observation.keep ? "keep" : "demote",
    ...(observation.fence ? { fence: sameHostFence() } : {}),
    logger,
    async onPromote(promotion) {
      const { term, reason } = promotion;
      tell({ type: "onPromote", at: hostNow(), term, code: reason.code });
      await work?.promoted(promotion);
    },
    async onDemote({ term, reason }) {
      tell({ type: "onDemote", at: hostNow(), term, code: reason.code });
      await work?.demoted();
    },
  });
  work?.watch(watcher);

  function tellStatus(): void {
    const { role, lastHeartbeat } = watcher;
    const term = role === "primary" ? watcher.term : (watcher.status().primary?.term ?? 0);
    const silence = lastHeartbeat === undefined ? null : Math.max(0, Date.now() - lastHeartbeat.getTime());
    const { user, system } = process.cpuUsage();
    tell({ type: "traffic", at: hostNow(), cpu: (user + system) / 1_000, ...readTraffic() });
    tell({ type: "status", at: hostNow(), role, term, silence });
  }

  watcher.on("rolechange", () => {
    const at = hostNow();
    if (!observation.watchful) tell({ type: "reads", at, isPrimary: watcher.isPrimary, before: at });
    tellStatus();
  });
  watcher.on("promoted", ({ term }) => {
    tell({ type: "heard", at: hostNow(), term });
    tellStatus();
  });
  watcher.on("evidence", ({ kind }) => tell({ type: "evidence", at: hostNow(), kind }));
  watcher.on("link", ({ up }) => tell({ type: "link", at: hostNow(), up }));
  watcher.on("error", ({ reason }) => tell({ type: "error", at: hostNow(), message: reason.message }));
  watcher.on("primary-unresponsive", ({ reason }) =>
    tell({ type: "unresponsive", at: hostNow(), message: reason.message }),
  );
  watcher.on("primary-unheard", ({ reason }) => tell({ type: "unheard", at: hostNow(), message: reason.message }));
  watcher.on("isolated", ({ reason }) => tell({ type: "isolated", at: hostNow(), message: reason.message }));

  let stopLooking = (): void => undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    watcher,
    async start() {
      await watcher.start();
      tell({ type: "live", at: hostNow() });
      tellStatus();
      timer = setInterval(tellStatus, observation.status);
      if (observation.beats) for (const share of TIMER_SHARES) timeTimer(timeout * share, tell);
      if (observation.watchful) stopLooking = readRole(watcher, timeout, tell);
    },
    stop() {
      clearInterval(timer);
      stopLooking();
    },
  };
}

/** Tells every change of `isPrimary`, and what it is in the first line that runs after this program stood still. */
function readRole(watcher: Watcher, timeout: number, tell: (report: Report) => void): () => void {
  let read = watcher.isPrimary;
  let before = hostNow();
  tell({ type: "reads", at: before, isPrimary: read, before });
  return lookAround((since) => {
    const { isPrimary } = watcher;
    const at = hostNow();
    if (since > (timeout * 2) / 3) tell({ type: "woke", at, isPrimary, before });
    if (isPrimary !== read) tell({ type: "reads", at, isPrimary, before });
    read = isPrimary;
    before = at;
  });
}

/** Timers of these shares of the timeout are timed: about as long as those that notice silence, and a few in a short trial. */
const TIMER_SHARES = [0.6, 0.8, 1, 1.2];

/** Waits as the watcher does for its deadline: again where the timer was early, then one turn for what has arrived. */
function timeTimer(delay: number, tell: (report: Report) => void): void {
  const { now, setTimer } = systemClock;
  const due = now() + delay;
  const wake = (): void => {
    if (now() < due) setTimer(wake, due - now());
    else setTimer(() => tell({ type: "timer", at: hostNow(), lateness: now() - due }), 0);
  };
  setTimer(wake, delay);
}
