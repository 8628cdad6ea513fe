/** Strangers on the ports that a group of one host needs: where its primary publishes, and where its lock is. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Player } from "../../bench/group/cast.ts";
import { locate, type Place } from "../../src/elections/host-lock/place.ts";
import { readRecord } from "../../src/elections/host-lock/record.ts";
import type { Blow, Fault } from "./faults.ts";
import type { World } from "./world.ts";

/** Tries for a port until it has it, says so, and is silent from then on. */
const PROGRAM = `
  const server = require("node:net").createServer((socket) => socket.on("error", () => {}).resume());
  const listen = () => server.listen({ host: "127.0.0.1", port: Number(process.argv[1]), exclusive: true });
  server.on("error", () => setTimeout(listen, 1)).on("listening", () => console.log("here"));
  listen();`;

/** Those who were killed for their port. */
const killed = new WeakSet<Player>();

/** Takes the port in the moment in which nobody has it: the primary is killed, and nobody else can be it meanwhile. */
async function squat(world: World, port: number, primary: Player): Promise<Blow> {
  const { cast, within } = world;
  const others = world.sound().filter((player) => player !== primary);
  for (const player of others) cast.signal(player, "SIGSTOP");
  const [command, ...args] = [...within, process.execPath, "--eval", PROGRAM, String(port)];
  const squatter = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const here = once(squatter.stdout, "data");
  const gone = once(primary.child, "exit");
  killed.add(primary);
  cast.signal(primary, "SIGKILL");
  await Promise.all([here, gone]);
  for (const player of others) cast.signal(player, "SIGCONT");
  return {
    on: primary.name,
    async undo() {
      const left = once(squatter, "exit");
      squatter.kill("SIGKILL");
      await left;
      const fenced = others.filter((player) => player.child.signalCode !== null && !killed.has(player));
      if (fenced.length > 0)
        throw new Error(`The fence killed ${fenced.map(({ name }) => name).join(" and ")}, which lived.`);
      await world.revive(primary.name);
    },
  };
}

/** @param portOf where it sits; undefined where there is no such port */
function squatter(name: string, portOf: (place: Place) => number | undefined): Fault {
  const primaryOf = (world: World): Player | undefined => world.sound().find(({ role }) => role === "primary");
  const place = ({ workdir, stateDir }: World): Place => locate("default", { workdir, stateDir });
  return {
    name,
    applies: (world) => world.bus === "zeromq" && primaryOf(world) !== undefined && world.sound().length >= 2,
    // Nobody can be primary, or be heard as one.
    paralyses: true,
    async strike(world) {
      const [primary, port] = [primaryOf(world), portOf(place(world))];
      if (primary === undefined || port === undefined) throw new Error("There is nobody whose port could be taken.");
      return squat(world, port, primary);
    },
  };
}

export const SQUATTERS: readonly Fault[] = [
  squatter("stranger where the primary publishes", ({ file }) => readRecord(file)?.pub_port),
  squatter("stranger on the lock's port", ({ port }) => port),
];
