/** What happens to a group on an MQTT broker besides: permissions, passwords, its record, and clients that are brought. */

import type { Player } from "../../bench/group/cast.ts";
import { TURN } from "./brought-mqtt.ts";
import type { Fault } from "./faults.ts";
import { twoAreSound, victim } from "./victims.ts";
import type { World } from "./world.ts";

/** All but what the rights of one topic are. */
const ALL_BUT_HEARTBEATS = [
  ...["claim", "yield", "promoted", "shutdown", "probe", "stale"].map((name) => `instance/${name}`),
  ...["hello", "will", "term"],
].map((name) => `topic readwrite failover/default/${name}`);

/** Takes rights from one instance. @param seen as what kind of cut the others see it */
function limiting(name: string, seen: "out" | "in", rights: readonly string[]): Fault {
  return {
    name,
    applies: (world) => world.gate !== undefined && twoAreSound(world),
    paralyses: false,
    strike(world, dice) {
      const { name } = victim(world, dice);
      world.cut.set(name, seen);
      world.gate?.limit(name, rights.join("\n"));
      const undo = (): Promise<void> => {
        world.cut.delete(name);
        world.gate?.allow();
        return Promise.resolve();
      };
      return Promise.resolve({ on: name, undo });
    },
  };
}

/** Takes something from everybody. */
function closing(name: string, take: (world: World) => void, giveBack: (world: World) => void): Fault {
  return {
    name,
    applies: ({ gate }) => gate !== undefined,
    paralyses: true,
    strike(world) {
      take(world);
      const undo = (): Promise<void> => {
        giveBack(world);
        return Promise.resolve();
      };
      return Promise.resolve({ undo });
    },
  };
}

const forgetting: Fault = {
  name: "record deleted",
  applies: ({ gate }) => gate !== undefined,
  paralyses: false,
  async strike({ gate }) {
    await gate?.forget();
    return { undo: () => Promise.resolve() };
  },
};

const bringerOf = ({ sound }: World): Player | undefined => sound().find(({ name }) => name === "c");

const ending: Fault = {
  name: "brought client ended",
  applies: (world) => world.gate !== undefined && bringerOf(world) !== undefined && twoAreSound(world),
  paralyses: false,
  strike(world) {
    const player = bringerOf(world);
    if (player === undefined) throw new Error("Nobody brought a client.");
    world.cut.set(player.name, "both");
    world.cast.signal(player, TURN);
    const undo = (): Promise<void> => {
      world.cut.delete(player.name);
      if (player.child.exitCode === null && player.child.signalCode === null) world.cast.signal(player, TURN);
      return Promise.resolve();
    };
    return Promise.resolve({ on: player.name, undo });
  },
};

export const MQTT_FAULTS: readonly Fault[] = [
  limiting("may not speak", "out", ["topic read failover/#"]),
  limiting("may not hear", "in", ["topic write failover/#"]),
  limiting("may not hear heartbeats", "in", ["topic write failover/default/instance/heartbeat", ...ALL_BUT_HEARTBEATS]),
  limiting("may not say heartbeats", "out", ["topic read failover/default/instance/heartbeat", ...ALL_BUT_HEARTBEATS]),
  closing(
    "nobody may speak",
    ({ gate }) => gate?.limit(undefined, "topic read failover/#"),
    ({ gate }) => gate?.allow(),
  ),
  closing(
    "passwords wrong",
    ({ gate }) => gate?.lock(),
    ({ gate }) => gate?.unlock(),
  ),
  forgetting,
  ending,
];
