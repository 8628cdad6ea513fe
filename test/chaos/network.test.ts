import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { createLog, type Log } from "../support/log.ts";
import { canMakeNamespaces } from "./namespace.ts";
import { makeNetwork, type Network } from "./network.ts";

const able = await canMakeNamespaces();
const NAMES = ["a", "b", "c"];

/** Sends every "ADDRESS TEXT" of its input as a datagram, and prints every datagram that it gets. */
const PROGRAM = `
  const socket = require("node:dgram").createSocket("udp4");
  socket.on("message", (text) => console.log(String(text)));
  socket.bind(7000, () => console.log("bound"));
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const [address, text] = line.split(" ");
    socket.send(text, 7000, address, (error) => console.log(error ? error.code : "sent " + text));
  });`;

interface Host {
  readonly log: Log<string>;
  send(to: string, text: string): Promise<unknown>;
}

async function hostOf(network: Network, name: string): Promise<Host> {
  const [command, ...args] = [...network.within(name), process.execPath, "--eval", PROGRAM];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const log = createLog<string>();
  createInterface({ input: child.stdout }).on("line", (line) => log.add(line));
  await log.next(`${name} is bound`, (line) => line === "bound");
  return {
    log,
    send(to, text) {
      child.stdin.write(`${network.address(to)} ${text}\n`);
      return log.next(`${name} sends ${text}`, (line) => line === `sent ${text}`);
    },
  };
}

test.runIf(able).each([
  ["out", ["from a"]],
  ["in", ["to a"]],
  ["both", ["from a", "to a"]],
] as const)("a host that is cut off (%s) loses %j without being told, and nothing else", async (direction, lost) => {
  const network = await makeNetwork(NAMES);
  onTestFinished(() => network.close());
  const [a, b, c] = await Promise.all([hostOf(network, "a"), hostOf(network, "b"), hostOf(network, "c")]);
  const exchange = async (word: string): Promise<void> => {
    await a.send("b", `${word}-from-a`);
    await b.send("a", `${word}-to-a`);
    await c.send("b", `${word}-past-a`);
    await b.log.next("who is not cut off", (line) => line === `${word}-past-a`);
  };
  const heard = (word: string): string[] => [
    ...(b.log.entries.includes(`${word}-from-a`) ? ["from a"] : []),
    ...(a.log.entries.includes(`${word}-to-a`) ? ["to a"] : []),
  ];
  await exchange("before");
  await a.log.next("the way to a", (line) => line === "before-to-a");
  expect(heard("before")).toEqual(["from a", "to a"]);

  network.cut("a", direction);
  await exchange("during");
  network.heal("a");
  await exchange("after");
  await a.log.next("the way to a", (line) => line === "after-to-a");
  await b.log.next("the way from a", (line) => line === "after-from-a");
  expect(heard("during")).toEqual(["from a", "to a"].filter((way) => !lost.some((gone) => gone === way)));
});
