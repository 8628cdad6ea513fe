/** The bus: what becomes of messages between it and the instances, and of their connections. */

import { feed } from "./process.ts";
import { at, put, type Item, type World } from "./world.ts";

/** The bus takes a message, hands it to everybody else, and acknowledges it behind what it had taken before. */
export function accept(world: World, { message, receipt, sentAt }: Item, from?: number): World {
  const instances = world.instances.map((instance, index) => {
    if (instance.state === undefined || instance.broken !== undefined) return instance;
    if (index !== from && message !== undefined && message.incarnation !== instance.state.settings.incarnation)
      return { ...instance, down: [...instance.down, { since: world.now, message, receipt: undefined, sentAt }] };
    if (index === from && receipt !== undefined && receipt.for !== "nothing")
      return { ...instance, down: [...instance.down, { since: world.now, message: undefined, receipt, sentAt }] };
    return instance;
  });
  return { ...world, instances };
}

export function take(world: World, index: number, { message, receipt, sentAt }: Item): World {
  const instance = at(world, index);
  const down = instance.down.slice(1);
  if (message !== undefined)
    return feed(put(world, index, { ...instance, down }), index, { type: "message", message, from: undefined });
  const [settled, ...unsettled] = instance.unsettled;
  if (receipt === undefined || settled === undefined) throw new Error("An acknowledgement of nothing.");
  return feed(put(world, index, { ...instance, down, unsettled }), index, { type: "sent", receipt, ok: true, sentAt });
}

export function notice(world: World, index: number): World {
  const instance = at(world, index);
  const { unsettled, state } = instance;
  const known = { ...instance, broken: { since: world.now, noticed: true }, unsettled: [] };
  const connection = state?.link.connection ?? 0;
  let next = feed(put(world, index, known), index, { type: "link", up: false, connection });
  for (const { receipt, sentAt } of unsettled) next = feed(next, index, { type: "sent", receipt, ok: false, sentAt });
  return next;
}

export function connect(world: World, index: number): World {
  const instance = at(world, index);
  const connection = (instance.state?.link.connection ?? 0) + 1;
  return feed(put(world, index, { ...instance, broken: undefined }), index, { type: "link", up: true, connection });
}

export function cut(world: World, index: number): World {
  const { budget, now } = world;
  const broken = { since: now, noticed: false };
  const spent = { ...world, budget: { ...budget, losses: budget.losses - 1 } };
  return put(spent, index, { ...at(world, index), up: [], down: [], late: undefined, broken });
}
