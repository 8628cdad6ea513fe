/** What is brought upon a group. Each fault strikes, and is taken back later. */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Direction } from "../../bench/group/relay.ts";
import type { Dice } from "../simulation/dice.ts";
import { gone } from "./gone.ts";
import { busyProcessors } from "./hogs.ts";
import { shortList } from "./lists.ts";
import { silentNames } from "./names.ts";
import type { Switch } from "./place.ts";
import { MQTT_FAULTS } from "./mqtt-faults.ts";
import { folderRenamed } from "./renamed.ts";
import { SQUATTERS } from "./squatters.ts";
import { twoAreSound, victim } from "./victims.ts";
import type { World } from "./world.ts";

/** What was done, and how it is taken back. */
export interface Blow {
  /** The instance upon which it was brought; absent where it was brought upon all. */
  readonly on?: string;
  undo(): Promise<void>;
}

/** A kind of fault. */
export interface Fault {
  readonly name: string;
  /** It can be brought upon this group now. */
  applies(world: World): boolean;
  /** While it lasts nobody can become primary: the bus itself is away, or the disk is full. */
  readonly paralyses: boolean;
  /** While it lasts nobody can be started: it ends before those who died are. */
  readonly hinders?: boolean;
  /** While it lasts the group is not in one piece. */
  readonly divides?: boolean;
  strike(world: World, dice: Dice): Promise<Blow>;
}

/** Ends a process with a signal; taken back, it is started again. */
function ending(name: string, signal: NodeJS.Signals): Fault {
  return {
    name,
    applies: twoAreSound,
    paralyses: false,
    async strike(world, dice) {
      const player = victim(world, dice);
      world.cast.signal(player, signal);
      await gone(player);
      return { on: player.name, undo: () => world.revive(player.name) };
    },
  };
}

const hang: Fault = {
  name: "hang",
  applies: twoAreSound,
  paralyses: false,
  strike(world, dice) {
    const player = victim(world, dice);
    world.cast.signal(player, "SIGSTOP");
    const undo = async (): Promise<void> => {
      const { child } = player;
      if (child.exitCode === null && child.signalCode === null) world.cast.signal(player, "SIGCONT");
      // The fence killed it.
      else await world.revive(player.name);
    };
    return Promise.resolve({ on: player.name, undo });
  },
};

/** Cuts an instance off, in one direction or both. */
function cutting(name: string, direction: Direction): Fault {
  return {
    name,
    applies: (world) => world.stage !== undefined && twoAreSound(world),
    paralyses: false,
    divides: true,
    strike(world, dice) {
      const { name } = victim(world, dice);
      world.cut.set(name, direction);
      world.stage?.cut(name, direction);
      const undo = (): Promise<void> => {
        world.cut.delete(name);
        world.stage?.heal(name);
        return Promise.resolve();
      };
      return Promise.resolve({ on: name, undo });
    },
  };
}

/** Pulls a link that all need. */
function pulling(name: string, link: (world: World) => Switch | undefined): Fault {
  return {
    name,
    applies: (world) => link(world) !== undefined,
    paralyses: true,
    strike(world) {
      link(world)?.pull();
      const undo = (): Promise<void> => {
        link(world)?.mend();
        return Promise.resolve();
      };
      return Promise.resolve({ undo });
    },
  };
}

const brokerDeath: Fault = {
  name: "broker killed",
  applies: ({ broker }) => broker !== undefined,
  paralyses: true,
  async strike({ broker }) {
    await broker?.kill();
    return { undo: async () => broker?.start() };
  },
};

const brokerHang: Fault = {
  name: "broker stopped",
  applies: ({ broker }) => broker !== undefined,
  paralyses: true,
  async strike({ broker }) {
    await broker?.stop();
    const undo = (): Promise<void> => {
      broker?.continue();
      return Promise.resolve();
    };
    return { undo };
  },
};

const brokerRestart: Fault = {
  name: "broker restarted",
  applies: ({ broker }) => broker !== undefined,
  paralyses: false,
  async strike({ broker }) {
    await broker?.restart();
    return { undo: () => Promise.resolve() };
  },
};

const hogs: Fault = {
  name: "processor busy",
  applies: () => true,
  paralyses: false,
  strike() {
    const busy = busyProcessors();
    return Promise.resolve({ undo: () => busy.end() });
  },
};

const fullDisk: Fault = {
  name: "disk full",
  applies: ({ disk }) => disk !== undefined,
  paralyses: true,
  strike({ disk = "" }) {
    const filler = join(disk, "filler");
    for (let size = 65_536; size >= 1; size /= 2)
      try {
        writeFileSync(filler, new Uint8Array(size), { flag: "a" });
      } catch {
        // That is the point: no room for so much.
      }
    const undo = (): Promise<void> => {
      rmSync(filler);
      return Promise.resolve();
    };
    return Promise.resolve({ undo });
  },
};

/** All of them. */
export const FAULTS: readonly Fault[] = [
  ending("kill", "SIGKILL"),
  ending("leave", "SIGTERM"),
  hang,
  cutting("link pulled", "both"),
  cutting("what it sends is dropped", "out"),
  cutting("what it would hear is dropped", "in"),
  shortList,
  silentNames,
  brokerDeath,
  brokerHang,
  brokerRestart,
  pulling("broker's link pulled", ({ brokerLink }) => brokerLink),
  pulling("loopback down", ({ loopback }) => loopback),
  hogs,
  fullDisk,
  ...SQUATTERS,
  folderRenamed,
  ...MQTT_FAULTS,
];
