import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { commandOf, type Runtime } from "../../bench/group/runtime.ts";
import { makeNames } from "../../transports/zeromq/names.ts";
import type { ZeromqOptions } from "../../transports/zeromq/index.ts";
import { canMakeNamespaces, makeNamespace } from "../chaos/namespace.ts";
import { createLog, type Log } from "../support/log.ts";
import { asking, startNameServer, type NameServer } from "../support/name-server.ts";
import { BUILD } from "../support/tree.ts";

const MEMBER = join(BUILD, "test/fixtures/mesh-member.js");
const NAME_SERVER = "10.9.9.77";
const HERE = "10.9.9.1";

interface Host {
  readonly dns: NameServer;
  /** Starts a member of a mesh, which lists these peers. */
  member(name: string, options: ZeromqOptions): { readonly log: Log<string>; kill(): Promise<void> };
}

/** A host of the test's own, whose name server knows `n1.internal` and so on. */
async function makeHost(runtime: Runtime): Promise<Host> {
  const host = await makeNamespace();
  onTestFinished(() => host.close());
  host.ip(`address add ${HERE}/24 dev lo`, `address add ${NAME_SERVER}/32 dev lo`);
  const names = Object.fromEntries([1, 2, 3].map((number) => [`n${number}.internal`, HERE]));
  const dns = await startNameServer(host.within, NAME_SERVER, names);
  onTestFinished(() => dns.close());
  const folder = mkdtempSync(join(tmpdir(), "failover-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const within = [...host.within, ...asking(NAME_SERVER, folder)];
  return {
    dns,
    member(name, options) {
      const { command, args } = commandOf(runtime, MEMBER);
      const [first = "", ...rest]: string[] = [...within, command, ...args, name, JSON.stringify(options)];
      const child = spawn(first, rest, { stdio: ["ignore", "pipe", "inherit"] });
      const gone = new Promise((resolve) => child.once("exit", resolve));
      const kill = async (): Promise<void> => {
        child.kill("SIGKILL");
        await gone;
      };
      onTestFinished(kill);
      const log = createLog<string>();
      createInterface({ input: child.stdout }).on("line", log.add);
      return { log, kill };
    },
  };
}

const ENGINES = [
  ["node", "libzmq"],
  ["node", "zmtp"],
  ["deno", "zmtp"],
  ["bun", "zmtp"],
] as const;

describe.runIf(await canMakeNamespaces()).each(ENGINES)("names, on %s with %s", (runtime, engine) => {
  const at = (number: number): string => `tcp://n${number}.internal:${7_100 + number}`;
  const bindAt = (number: number): string => `tcp://${HERE}:${7_100 + number}`;

  test(
    "a peer whose name nobody answers for keeps nobody waiting, and is told of once",
    { timeout: 60_000 },
    async () => {
      const { dns, member } = await makeHost(runtime);
      dns.silence();
      const dead = ["tcp://dead1.internal:7201", "tcp://dead2.internal:7202", "tcp://dead3.internal:7203"];
      const a = member("a", { engine, bind: bindAt(1), peers: [...dead, bindAt(2)] });
      const b = member("b", { engine, bind: bindAt(2), peers: [...dead, bindAt(1)] });
      await a.log.next("b", (line) => line === "hears b");
      await b.log.next("a", (line) => line === "hears a");
      for (const peer of dead)
        await a.log.next("what is wrong", (line) =>
          line.startsWith(`error: Cannot subscribe to ${peer}: there is no address of `),
        );
      dns.speak();
      const told = a.log.entries.filter((line) => line.startsWith("error: "));
      expect(new Set(told).size).toBe(told.length);
    },
  );

  test(
    "members that are connected stay so when name servers fall silent, and one that restarts is heard again",
    { timeout: 60_000 },
    async () => {
      const { dns, member } = await makeHost(runtime);
      const peers = [at(1), at(2), at(3)];
      const [a, b] = [member("a", { engine, bind: bindAt(1), peers }), member("b", { engine, bind: bindAt(2), peers })];
      const c = member("c", { engine, bind: bindAt(3), peers });
      for (const other of ["b", "c"]) await a.log.next(other, (line) => line === `hears ${other}`);
      await b.log.next("c", (line) => line === "hears c");
      dns.silence();
      await c.kill();
      await a.log.next("the loss", (line) => line === `loses ${at(3)}`);
      a.log.clear();
      await a.log.next("b, still", (line) => line === "hears b");
      a.log.clear();
      member("c again", { engine, bind: bindAt(3), peers: [bindAt(1), bindAt(2)] });
      await a.log.next("c again", (line) => line === "hears c again");
      expect(a.log.entries).not.toContain(`loses ${at(2)}`);
    },
  );

  test("a peer that comes later is found, and a name that nobody knows is told of", { timeout: 60_000 }, async () => {
    const { member } = await makeHost(runtime);
    const a = member("a", { engine, bind: bindAt(1), peers: ["tcp://nobody.internal:7300", at(2)] });
    await a.log.next("who is not there", (line) => line.includes("nobody.internal: no name server knows it"));
    member("b", { engine, bind: bindAt(2), peers: [bindAt(1)] });
    await a.log.next("b", (line) => line === "hears b");
  });
});

describe("the address of a name", () => {
  const found = (address: string) => () => Promise.resolve(address);
  const silent = (): Promise<string> => new Promise(() => undefined);
  const gone = (): Promise<string> =>
    Promise.reject(Object.assign(new Error("nobody knows it"), { code: "ENOTFOUND" }));

  /** Answers in turn, the last one for ever. */
  function answers(...list: readonly (() => Promise<string>)[]): {
    readonly ask: () => Promise<string>;
    readonly asked: () => number;
  } {
    let count = 0;
    return {
      asked: () => count,
      ask: () => (list[Math.min((count += 1), list.length) - 1] ?? silent)(),
    };
  }

  test("is asked for by nobody where the host is one already", async () => {
    const { ask, asked } = answers(silent);
    const names = makeNames(ask);
    expect(await Promise.all(["10.0.0.1", "*", "localhost"].map((host) => names.find(host)))).toEqual([
      "10.0.0.1",
      "*",
      "127.0.0.1",
    ]);
    expect(asked()).toBe(0);
  });

  test("is asked for once by many, and not again while it is fresh", async () => {
    const { ask, asked } = answers(found("10.0.0.1"), found("10.0.0.2"));
    const names = makeNames(ask);
    expect(await Promise.all([names.find("a"), names.find("a"), names.find("a")])).toEqual([
      "10.0.0.1",
      "10.0.0.1",
      "10.0.0.1",
    ]);
    expect(await names.find("a")).toBe("10.0.0.1");
    expect(asked()).toBe(1);
  });

  test("that never comes is given up after two seconds", async () => {
    await expect(makeNames(silent).find("a")).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: "there is no address of a: no name server answers within 2000 ms.",
    });
  });

  test("of a name that there is not is none", async () => {
    await expect(makeNames(gone).find("a")).rejects.toMatchObject({
      code: "BAD_ADDRESS",
      message: "there is no address of a: nobody knows it.",
    });
  });

  test("is not waited for any more when the transport closes", async () => {
    const names = makeNames(silent);
    const finding = names.find("a");
    names.close();
    await expect(finding).rejects.toMatchObject({ code: "CLOSED" });
  });
});
