/** What each fault does. Every fault is undone: by itself after a while, or by the calm. */

import type { Fault } from "./faults.ts";
import type { Group } from "./group.ts";
import { Mesh } from "./mesh.ts";
import type { Node } from "./node.ts";

/** Ends a fault; safe after its victim is gone. */
export type Undo = () => void;

const NOTHING: Undo = () => undefined;

/** Ways in which an instance cannot take over. */
const SICKNESSES = ["crash", "disable", "unhealthy", "failing"] as const;

export function strike(group: Group, fault: Fault, victim: Node, lasts: number): Undo {
  const { world } = group;
  const { bus, dice, manners, arbiter } = world;
  switch (fault) {
    case "crash":
    case "amnesia":
      group.crash(victim);
      return () => group.restart(victim, fault === "crash");
    case "pause":
      victim.pause();
      return () => victim.resume();
    case "hold": {
      const { connection } = victim;
      if (connection === undefined) return NOTHING;
      connection.hold();
      return () => connection.release();
    }
    case "drop":
    case "silent-drop":
      victim.disconnect(fault === "drop" ? dice.between(0, 5) : lasts / 2);
      if (dice.chance(0.5)) group.hint(victim);
      return () => group.reconnect(victim);
    case "step-down": {
      const heir = dice.chance(0.5) ? dice.pick(group.nodes as [Node, ...Node[]]).name : undefined;
      victim.socket(() => victim.feed({ type: "step-down", id: 1, successor: heir }));
      return NOTHING;
    }
    case "leave":
      victim.socket(() => victim.feed({ type: "shutdown" }));
      return () => group.restart(victim, dice.chance(0.5));
    case "disable":
      victim.socket(() => victim.feed({ type: "set-enabled", enabled: false }));
      return () => victim.socket(() => victim.feed({ type: "set-enabled", enabled: true }));
    case "slow-callbacks":
      return more(manners, "slow", group.longest);
    case "failing-callbacks":
      return more(manners, "failing", 0.5);
    case "hanging-callbacks": {
      // The next callback hangs, whosever it is; leaving then is the program's decision, and it does.
      const undo = more(manners, "hanging", 1);
      return () => {
        undo();
        for (const node of [...group.nodes]) if (node.alive && node.hangs) group.restart(node, true);
      };
    }
    case "failing-promotions":
      return failAll(group, dice.chance(0.5) ? 0 : group.longest * dice.between(0, 0.3));
    case "sick-heir": {
      const heir = dice.pick(group.nodes as [Node, ...Node[]]);
      const cure = heir === victim ? NOTHING : sicken(group, heir);
      victim.socket(() => victim.feed({ type: "step-down", id: 1, successor: heir.name }));
      return cure;
    }
    case "work-ended":
      victim.socket(() => victim.feed({ type: "work-ended", error: dice.chance(0.5) ? new Error("no") : undefined }));
      return NOTHING;
    case "hanging-health":
      return more(manners, "slowHealth", 0.7);
    case "hanging-fence":
      return more(manners, "hangingFence", 1);
    case "hanging-election": {
      if (arbiter === undefined) return NOTHING;
      const undo = more(arbiter.answers, "hanging", dice.chance(0.5) ? 1 : 0.5);
      return () => {
        undo();
        arbiter.answers.release();
      };
    }
    case "unhealthy":
      return more(manners, "unhealthy", 0.7);
    case "false-hint":
      group.hint(victim);
      return NOTHING;
    case "bus-away":
      group.breakBus();
      return () => group.mendBus();
    case "slow-bus":
      return more(bus, "delay", group.longest * dice.between(0, 0.3));
    case "duplicates":
      return more(bus, "duplication", 0.3);
    case "slow-election":
      return arbiter === undefined ? NOTHING : more(arbiter, "slowness", group.longest * dice.between(0, 0.5));
    case "failing-election":
      return arbiter === undefined ? NOTHING : more(arbiter, "failing", 0.5);
    case "deaf":
    case "mute":
    case "cut": {
      const others = group.nodes.filter((node) => node !== victim && dice.chance(0.7)).map(({ index }) => index);
      const ways = others.flatMap((other): [number, number][] => [
        ...(fault === "mute" ? [] : [[other, victim.index] as [number, number]]),
        ...(fault === "deaf" ? [] : [[victim.index, other] as [number, number]]),
      ]);
      for (const [from, to] of ways) bus.cut(from, to);
      return () => {
        for (const [from, to] of ways) bus.heal(from, to);
      };
    }
    case "unpublished": {
      const fault = { message: "no", everybodys: dice.chance(0.5) };
      victim.silencedBy = fault;
      return () => {
        if (victim.silencedBy === fault) victim.silencedBy = undefined;
      };
    }
    case "loss":
    case "disorder":
      return bus instanceof Mesh ? more(bus, fault, dice.between(0, 0.6)) : NOTHING;
  }
}

/** Every promotion of everybody fails, at once or after a while. */
export function failAll({ world: { manners } }: Group, slow: number): Undo {
  const undos = [more(manners, "failing", 1), more(manners, "slow", slow)];
  return () => {
    for (const undo of undos) undo();
  };
}

/** Makes an instance unable to take over. */
function sicken(group: Group, heir: Node): Undo {
  const sickness = group.world.dice.pick(SICKNESSES);
  group.note(() => `--- ${heir.name} is the heir, and sick: ${sickness}`);
  if (sickness === "crash" || sickness === "disable") return strike(group, sickness, heir, 0);
  heir[sickness] = true;
  return () => {
    heir[sickness] = false;
  };
}

/** Raises a number for the time of a fault. Faults of one kind may overlap: each takes back what it added. */
function more<Key extends string>(of: Record<Key, number>, key: Key, by: number): Undo {
  of[key] += by;
  return () => {
    of[key] -= by;
  };
}
