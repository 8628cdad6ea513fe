/**
 * The whole library on a virtual clock: watchers with their shell, codec and callbacks on a memory bus, under seeded faults.
 * Slower than `run.ts`, which runs the protocol alone; this one proves that the shell keeps what the protocol promises.
 */

import { Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { Dice } from "./dice.ts";
import type { Fault } from "./faults.ts";
import { Process } from "./process.ts";
import type { Report } from "./run.ts";

interface Member {
  readonly name: string;
  readonly watcher: Watcher;
  readonly process: Process;
  alive: boolean;
  working: boolean;
}

const INTERVAL = 100;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export async function runOnMemory(seed: number): Promise<Report> {
  const dice = new Dice(seed);
  const clock = new FakeClock();
  const bus = new MemoryBus({ clock, seed, delay: dice.between(0, 3), jitter: dice.between(0, 8) });
  const longest = INTERVAL * dice.between(3.2, 6);
  const members: Member[] = [];
  const broken = new Set<string>();
  const faults: Fault[] = [];
  let promotions = 0;

  const check = (): void => {
    const primaries = members.filter(({ alive, process, watcher }) => alive && !process.paused && watcher.isPrimary);
    if (primaries.length > 1) broken.add(`two at once: ${primaries.map(({ name }) => name).join(" and ")}`);
  };
  const start = async (name: string): Promise<void> => {
    const process = new Process();
    const callback = (): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, dice.between(0, 20)));
    const member: Member = {
      name,
      process,
      alive: true,
      working: false,
      watcher: new Watcher({
        transport: process.transport(memory(bus)),
        clock: process.clock(clock),
        instanceId: name,
        logger: silent,
        enabled: true,
        priority: dice.whole(0, 2),
        heartbeatInterval: INTERVAL,
        heartbeatTimeout: Math.max(longest * dice.between(0.72, 1), 3 * INTERVAL),
        retryBackoffMin: 20,
        onPromote: () => {
          if (member.working) broken.add(`${name} was promoted twice in a row`);
          member.working = true;
          promotions += 1;
          check();
          return callback();
        },
        onDemote: () => {
          if (!member.working) broken.add(`${name} was demoted without a promotion`);
          member.working = false;
          return callback();
        },
      }),
    };
    members.push(member);
    const starting = member.watcher.start();
    await clock.advance(0);
    await starting;
  };
  const pass = async (duration: number): Promise<void> => {
    for (let left = duration; left > 0; left -= 5) {
      await clock.advance(Math.min(5, left));
      check();
    }
  };

  const count = dice.whole(2, 4);
  for (let index = 0; index < count; index += 1) await start(`n${index}`);
  await pass(2 * longest);
  let restarts = 0;
  for (let left = dice.whole(3, 7); left > 0; left -= 1) {
    const living = members.filter(({ alive }) => alive);
    const victim =
      living.find(({ watcher }) => watcher.isPrimary && dice.chance(0.7)) ?? living[dice.whole(0, living.length - 1)];
    if (victim === undefined) break;
    const lasts = dice.between(0, 2.5 * longest);
    const fault = dice.pick(["crash", "pause", "hold", "drop", "step-down"] as const);
    faults.push(fault);
    switch (fault) {
      case "crash":
        victim.process.paused = true;
        victim.alive = false;
        bus.kill(victim.name);
        await pass(lasts);
        restarts += 1;
        await start(`r${restarts}`);
        break;
      case "pause":
        victim.process.paused = true;
        await pass(lasts);
        victim.process.resume();
        check();
        break;
      case "hold":
        bus.hold(victim.name);
        await pass(lasts);
        bus.release(victim.name);
        break;
      case "drop":
        bus.drop(victim.name);
        await pass(lasts);
        bus.restore(victim.name);
        break;
      case "step-down": {
        const down = victim.watcher.stepDown();
        await pass(lasts + 2 * longest);
        await down;
      }
    }
    await pass(dice.between(0, longest));
  }
  await pass(4.5 * longest + 200);
  const heads = members.filter(({ alive, watcher }) => alive && watcher.isPrimary).length;
  if (heads !== 1) broken.add(`headless: ${heads} primaries after the last fault`);
  return {
    seed,
    regime: "whole",
    nodes: count,
    broken: [...broken],
    failovers: Math.max(0, promotions - 1),
    faults,
    instants: [],
    steps: 0,
    longestOverlap: 0,
    headless: heads === 0,
    recovery: 0,
    bound: 4.5 * longest + 200,
    trace: [],
  };
}
