import process from "node:process";
import { describe, expect, onTestFinished, test } from "vitest";
import { TransportError, Watcher, type Transport } from "../../src/index.ts";
import { Group, INTERVAL, TIMEOUT } from "../support/group.ts";

/** A bus that opens as a test wants: fails so often, then hangs or opens. */
function bus({ failures = 0, hangs = false, closes = true } = {}): Transport & { readonly calls: string[] } {
  const calls: string[] = [];
  let left = failures;
  return {
    name: "test",
    calls,
    capabilities: { acknowledges: true, barrier: true, publish: "everyone", subscribe: true, link: true, hints: false },
    open() {
      calls.push("open");
      left -= 1;
      if (left >= 0) return Promise.reject(new TransportError("NOT_CONNECTED", "There is no broker."));
      return hangs ? new Promise(() => undefined) : Promise.resolve();
    },
    send: () => Promise.resolve(),
    close() {
      calls.push("close");
      return closes ? Promise.resolve() : new Promise(() => undefined);
    },
  };
}

/** What became of a promise so far. */
function outcome(promise: Promise<unknown>): { readonly is: () => string } {
  let is = "pending";
  promise.then(
    () => (is = "resolved"),
    (error: unknown) => (is = `rejected: ${error instanceof Error ? error.message : String(error)}`),
  );
  return { is: () => is };
}

describe("start()", () => {
  test("given a bus that never opens, when the signal aborts, then it rejects at once with the signal's reason, and the bus is closed", async () => {
    const group = new Group();
    const transport = bus({ hangs: true });
    const { watcher } = group.create("a", { transport });
    const abort = new AbortController();
    const starting = outcome(watcher.start(abort.signal));
    await group.clock.advance(100);
    abort.abort(new Error("enough"));
    await group.clock.advance(0);
    expect(starting.is()).toBe("rejected: enough");
    expect(transport.calls).toEqual(["open", "close"]);
    expect(watcher.status().state).toBe("new");
    expect(group.clock.timers).toBe(0);
  });

  test("given a bus that never opens, when its time is over, then it rejects with a sentence, and nothing is left", async () => {
    const group = new Group();
    const transport = bus({ hangs: true });
    const { watcher } = group.create("a", { transport });
    const starting = outcome(watcher.start());
    await group.clock.advance(20_000);
    expect(starting.is()).toMatch(/^rejected: Cannot open the transport test: .* 15000 ms/u);
    expect(group.clock.timers).toBe(0);
  });

  test("given a bus that opens after all, when the start was called off before, then it is closed again", async () => {
    const group = new Group();
    const transport = bus();
    let opened = (): void => undefined;
    transport.open = () => new Promise((resolve) => (opened = resolve));
    const { watcher } = group.create("a", { transport });
    const abort = new AbortController();
    const starting = outcome(watcher.start({ signal: abort.signal }));
    await group.clock.advance(0);
    abort.abort();
    await group.clock.advance(0);
    opened();
    await group.clock.advance(0);
    expect(starting.is()).toMatch("rejected");
    expect(transport.calls).toEqual(["close", "close"]);
  });

  test("given a start that was rejected, when the bus is there, then the same watcher can be started", async () => {
    const group = new Group();
    const { watcher } = group.create("a", { transport: bus({ failures: 1 }) });
    await expect(watcher.start()).rejects.toThrow("There is no broker.");
    await watcher.start();
    await group.clock.advance(2 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
  });

  test("given an election that cannot be opened, when a start is rejected, then the bus is closed too, and both can be opened again", async () => {
    const group = new Group();
    const transport = bus();
    let tries = 0;
    const { watcher } = group.create("a", {
      transport,
      election: {
        name: "test",
        traits: { exclusive: true, durable: true, deadline: false },
        open: () => ((tries += 1) === 1 ? Promise.reject(new Error("There is no store.")) : Promise.resolve()),
        campaign: () => Promise.resolve({ won: false, message: "no" }),
      },
    });
    await expect(watcher.start()).rejects.toThrow("There is no store.");
    expect(transport.calls).toEqual(["open", "close"]);
    await watcher.start();
    expect(watcher.status().state).toBe("watching");
  });

  test("given a signal that has aborted already, when it is started with it, then nothing is opened, and a later start works", async () => {
    const group = new Group();
    const transport = bus();
    const { watcher } = group.create("a", { transport });
    await expect(watcher.start(AbortSignal.abort(new Error("no")))).rejects.toThrow("no");
    expect(transport.calls).toEqual([]);
    await watcher.start();
    expect(watcher.status().state).toBe("watching");
  });

  test("given a watcher that runs, when it is started again with a signal, then that signal shuts it down, too", async () => {
    const group = new Group();
    const { watcher } = group.create("a", { transport: bus() });
    await watcher.start();
    const abort = new AbortController();
    await watcher.start(abort.signal);
    abort.abort();
    await group.clock.advance(TIMEOUT);
    expect(watcher.status().state).toBe("ended");
  });

  test("given a watcher that was shut down, when it is started, then that is an error", async () => {
    const group = new Group();
    const { watcher } = group.create("a");
    await watcher.shutdown();
    await expect(watcher.start()).rejects.toThrow("it has been shut down; make a new one");
  });

  test("given a start that was resolved, when the watcher was shut down since, then to start it again is an error", async () => {
    const group = new Group();
    const { watcher } = await group.start("a");
    const leaving = watcher.shutdown();
    await group.clock.advance(TIMEOUT);
    await leaving;
    await expect(watcher.start()).rejects.toThrow("it has been shut down; make a new one");
  });
});

describe("a start that is called off", () => {
  test("given an open that is late, when the next start is live, then what it opened is left alone", async () => {
    const group = new Group();
    const transport = bus();
    const opened: (() => void)[] = [];
    transport.open = () => {
      transport.calls.push("open");
      return new Promise((resolve) => opened.push(resolve));
    };
    const { watcher } = group.create("a", { transport });
    const abort = new AbortController();
    const first = outcome(watcher.start(abort.signal));
    await group.clock.advance(0);
    abort.abort(new Error("enough"));
    const second = outcome(watcher.start());
    await group.clock.advance(0);
    opened[1]?.();
    await group.clock.advance(0);
    opened[0]?.();
    await group.clock.advance(0);
    expect(first.is()).toBe("rejected: enough");
    expect(second.is()).toBe("resolved");
    expect(transport.calls).toEqual(["open", "close", "open"]);
  });

  test("given a signal that aborts at any moment while it opens, when it has, then the start rejects and the bus is closed", async () => {
    for (let turns = 0; turns < 30; turns += 1) {
      const group = new Group();
      const transport = bus();
      const { watcher } = group.create("a", { transport });
      const abort = new AbortController();
      const starting = outcome(watcher.start(abort.signal));
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const isLive = watcher.status().state === "watching";
      abort.abort(new Error("enough"));
      await group.clock.advance(TIMEOUT);
      expect(transport.calls.filter((name) => name === "open")).toHaveLength(1);
      expect(transport.calls.at(-1)).toBe("close");
      expect(watcher.status().state).toBe(isLive ? "ended" : "new");
      expect(starting.is()).toBe(isLive ? "resolved" : "rejected: enough");
    }
  });

  test("given a link that was down in an open that failed, when the next one succeeds, then the link is up", async () => {
    const group = new Group();
    const transport = bus();
    let tries = 0;
    transport.open = (_, handlers) => {
      tries += 1;
      if (tries > 1) return Promise.resolve();
      handlers.link(false, 7);
      return Promise.reject(new Error("no"));
    };
    const { watcher } = group.create("a", { transport });
    await expect(watcher.start()).rejects.toThrow("no");
    await watcher.start();
    expect(watcher.status().transport.linked).toBe(true);
  });
});

describe("what is asked of a watcher", () => {
  test.for([null, 5, "x", { singal: new AbortController().signal }, { signal: 5 }, { wait: "yes" }])(
    "given %s as the options of start(), when it is called, then it rejects with a sentence",
    async (options) => {
      const { watcher } = new Group().create("a");
      await expect(watcher.start(options as never)).rejects.toThrow(/^Cannot start the watcher: /u);
      expect(watcher.status().state).toBe("new");
    },
  );

  test.for([null, { successor: 5 }, { successor: "" }, { successor: "x".repeat(300) }, { sucessor: "b" }])(
    "given %s as the options of stepDown(), when it is called, then it rejects with a sentence, and the primary stays one",
    async (options) => {
      const group = new Group();
      const { watcher } = await group.start("a");
      await group.clock.advance(2 * TIMEOUT);
      await expect(watcher.stepDown(options as never)).rejects.toThrow(/^Cannot step down: /u);
      expect(watcher.isPrimary).toBe(true);
    },
  );

  test("given something that is no signal, when whenPrimary() gets it, then it rejects with a sentence", async () => {
    const { watcher } = new Group().create("a");
    await expect(watcher.whenPrimary(5 as never)).rejects.toThrow(/^Cannot wait: option signal is 5/u);
  });

  test("given a thousand checks in one turn, when they are answered, then they shared few questions", async () => {
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const { watcher } = await group.start("b");
    await group.clock.advance(2 * INTERVAL);
    const answers: boolean[] = [];
    for (let count = 0; count < 1_000; count += 1)
      watcher.check().then(
        ({ alive }) => answers.push(alive),
        () => undefined,
      );
    await group.clock.advance(INTERVAL);
    expect(answers).toHaveLength(1_000);
    expect(answers.every(Boolean)).toBe(true);
  });

  test("given metadata that somebody reads, when it is changed there, then it is as it was", () => {
    const { watcher } = new Group().create("a", { metadata: { at: { port: 1 } } });
    const { metadata } = watcher.status();
    expect(() => ((metadata as { at: { port: number } }).at.port = 2)).toThrow(TypeError);
    expect(watcher.status().metadata).toEqual({ at: { port: 1 } });
  });
});

describe("start({ wait: true })", () => {
  test("given a bus that is not there yet, when it comes, then the watcher is live; the log says once why it waits", async () => {
    const group = new Group();
    const transport = bus({ failures: 6 });
    const lines: string[] = [];
    const { watcher } = group.create("a", { transport, logger: { ...silent, warn: (line) => void lines.push(line) } });
    const starting = outcome(watcher.start({ wait: true }));
    await group.clock.advance(10 * TIMEOUT);
    expect(starting.is()).toBe("resolved");
    expect(transport.calls.filter((call) => call === "open")).toHaveLength(7);
    expect(lines.filter((line) => line.includes("There is no broker."))).toHaveLength(1);
  });

  test("given a bus that never comes, when hours pass, then pauses have grown to the timeout and no further", async () => {
    const group = new Group();
    const transport = bus({ failures: Infinity });
    const { watcher } = group.create("a", { transport });
    const starting = outcome(watcher.start({ wait: true }));
    await group.clock.advance(100 * TIMEOUT);
    expect(starting.is()).toBe("pending");
    const tries = transport.calls.filter((call) => call === "open").length;
    expect(tries).toBeGreaterThan(100);
    expect(tries).toBeLessThan(210);
  });

  test("given a pause between two tries, when the signal aborts, then it rejects at once, and nothing is left", async () => {
    const group = new Group();
    const { watcher } = group.create("a", { transport: bus({ failures: Infinity }) });
    const abort = new AbortController();
    const starting = outcome(watcher.start({ wait: true, signal: abort.signal }));
    await group.clock.advance(10);
    abort.abort(new Error("enough"));
    await group.clock.advance(0);
    expect(starting.is()).toBe("rejected: enough");
    expect(group.clock.timers).toBe(0);
  });

  test("given a failure of the network, which runtimes throw as a TypeError, when it waits for the bus, then it tries again", async () => {
    const group = new Group();
    const transport = bus();
    let tries = 0;
    transport.open = () => ((tries += 1) < 3 ? Promise.reject(new TypeError("fetch failed")) : Promise.resolve());
    const { watcher } = group.create("a", { transport });
    const starting = outcome(watcher.start({ wait: true }));
    await group.clock.advance(10 * TIMEOUT);
    expect(starting.is()).toBe("resolved");
  });

  test("given a package that is missing, when it waits for the bus, then it rejects all the same", async () => {
    const group = new Group();
    const transport = bus();
    transport.open = () => Promise.reject(new TransportError("MISSING_PACKAGE", "npm install it"));
    const { watcher } = group.create("a", { transport });
    await expect(watcher.start({ wait: true })).rejects.toThrow("npm install it");
  });
});

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe("shutdown()", () => {
  test("given a start that hangs, when the watcher is shut down, then both end within a second", async () => {
    const group = new Group();
    const transport = bus({ hangs: true, closes: false });
    const { watcher } = group.create("a", { transport });
    const starting = outcome(watcher.start());
    await group.clock.advance(10);
    const leaving = outcome(watcher.shutdown());
    await group.clock.advance(1_000);
    expect(starting.is()).toMatch("rejected: Cannot start the watcher: it was shut down");
    expect(leaving.is()).toBe("resolved");
    expect(group.clock.timers).toBe(0);
  });

  test("given a start that nobody awaits, when the watcher is shut down meanwhile, then no rejection is left unhandled", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    onTestFinished(() => void process.off("unhandledRejection", note));
    const group = new Group();
    const { watcher } = group.create("a", { transport: bus({ hangs: true }) });
    void watcher.start();
    void watcher.shutdown();
    await group.clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
    expect(watcher.status().state).toBe("ended");
  });

  test("given a bus that does not close, when the watcher is shut down, then it rejects with its name, and is over", async () => {
    const group = new Group();
    const { watcher } = group.create("a", { transport: bus({ closes: false }) });
    await watcher.start();
    const changes = watcher.roleChanges().next();
    const leaving = outcome(watcher.shutdown());
    await group.clock.advance(5_000);
    expect(leaving.is()).toMatch(/^rejected: the transport test did not close within 2000 ms/u);
    expect(await changes).toMatchObject({ done: true });
    expect(group.clock.timers).toBe(0);
  });

  test.for(["onPromote", "onDemote"] as const)(
    "given an %s that awaits it, when it is called, then it rejects at once with a sentence, and goes on",
    async (where) => {
      const group = new Group();
      const said: string[] = [];
      const instance = group.create("a", {
        [where]: async () => {
          await instance.watcher.shutdown().catch((error: unknown) => said.push(String(error)));
        },
      });
      await instance.watcher.start();
      await group.clock.advance(2 * TIMEOUT);
      if (where === "onDemote") void instance.watcher.stepDown();
      await group.clock.advance(TIMEOUT);
      expect(said).toEqual([expect.stringContaining(`Cannot wait for shutdown() inside ${where}`)]);
      expect(instance.watcher.status().state).toBe("ended");
    },
  );
});

describe("the publishing side", () => {
  test("given a transport whose lead() hangs, when it is waited for no more, then it is told and tried again", async () => {
    const group = new Group();
    const transport = bus();
    let tries = 0;
    const isolated: string[] = [];
    const errors: string[] = [];
    Object.assign(transport, {
      capabilities: { ...transport.capabilities, publish: "primary" },
      lead: () => ((tries += 1) === 1 ? new Promise(() => undefined) : Promise.resolve()),
      follow: () => Promise.resolve(),
    });
    const { watcher } = group.create("a", {
      transport,
      role: "primary",
      election: {
        name: "test",
        traits: { exclusive: true, durable: true, deadline: false },
        open: ({ standbys }) => Promise.resolve(standbys?.(0)),
        campaign: () => Promise.resolve({ won: true, mandate: { term: 1, resign: () => Promise.resolve() } }),
      },
    });
    watcher.on("isolated", ({ reason }) => isolated.push(reason.message));
    watcher.on("error", ({ reason }) => errors.push(reason.message));
    await watcher.start();
    await group.clock.advance(4 * TIMEOUT);
    expect(tries).toBe(2);
    expect(errors).toEqual([expect.stringContaining(`did not lead within ${TIMEOUT} ms`)]);
    // While it was being tried for, nothing was known against the place to publish.
    expect(isolated).toEqual([expect.stringContaining("Nobody else could publish there")]);
  });
});

describe("a campaign that is late", () => {
  test("given a store that gives its holder the same mandate again, when a campaign that was called off wins late, then the later one is not freed", async () => {
    const group = new Group();
    const store: { owner: string | undefined; freed: number } = { owner: undefined, freed: 0 };
    let campaigns = 0;
    const { watcher } = await group.start("a", {
      election: {
        name: "test",
        traits: { exclusive: true, durable: true, deadline: false },
        campaign: async ({ highestTerm }) => {
          campaigns += 1;
          const slow = campaigns === 1;
          if (slow) await new Promise<void>((resolve) => group.clock.setTimer(resolve, 6_000));
          store.owner = "a";
          const resign = (): Promise<void> => {
            store.freed += 1;
            store.owner = undefined;
            return Promise.resolve();
          };
          return { won: true, mandate: { term: highestTerm + 1, resign } };
        },
      },
    });
    await group.clock.advance(20_000);
    expect(campaigns).toBe(2);
    expect(watcher.isPrimary).toBe(true);
    expect(store).toEqual({ owner: "a", freed: 0 });
  });
});

describe("a mandate that is late", () => {
  test("given a later campaign that hangs for ever, when it is called off, then the late mandate is given back, and somebody is primary", async () => {
    const group = new Group();
    const store: { holder: boolean } = { holder: false };
    let campaigns = 0;
    const { watcher } = await group.start("a", {
      election: {
        name: "test",
        traits: { exclusive: true, durable: true, deadline: false },
        campaign: async ({ highestTerm }) => {
          campaigns += 1;
          if (campaigns === 1) await new Promise<void>((resolve) => group.clock.setTimer(resolve, 8_000));
          if (campaigns === 2) await new Promise(() => undefined);
          if (store.holder) return { won: false, message: "held" };
          store.holder = true;
          const resign = (): Promise<void> => Promise.resolve(void (store.holder = false));
          return { won: true, mandate: { term: highestTerm + 1, resign } };
        },
      },
    });
    await group.clock.advance(60_000);
    expect(watcher.isPrimary).toBe(true);
  });
});

describe("after a shutdown that could not be completed", () => {
  test("given work that never stops, when somebody waits to be primary, then that wait ends at once", async () => {
    const group = new Group();
    const { watcher } = await group.start("a", { demoteTimeout: 100, onDemote: () => new Promise(() => undefined) });
    await group.clock.advance(2 * TIMEOUT);
    const leaving = outcome(watcher.shutdown());
    await group.clock.advance(1_000);
    expect(leaving.is()).toMatch(/^rejected: onDemote did not settle/u);
    await expect(watcher.whenPrimary()).rejects.toMatchObject({ code: "NOT_PRIMARY" });
  });
});

describe("stepDown()", () => {
  test("given an onPromote that awaits it, when it is called, then it resolves at once, and another is promoted", async () => {
    const group = new Group({ delay: 1 });
    const answers: unknown[] = [];
    const a = group.create("a", {
      onPromote: async () => {
        answers.push(await a.watcher.stepDown());
      },
    });
    await a.watcher.start();
    const b = await group.start("b");
    await group.clock.advance(3 * TIMEOUT);
    expect(answers).toEqual([undefined]);
    expect(b.watcher.isPrimary).toBe(true);
  });
});

describe("whenPrimary()", () => {
  test("given a secondary, when it becomes primary, then it resolves with the term, and at once from then on", async () => {
    const group = new Group();
    const { watcher } = await group.start("a");
    const waiting = watcher.whenPrimary();
    await group.clock.advance(2 * TIMEOUT);
    expect(await waiting).toBe(1);
    expect(await watcher.whenPrimary()).toBe(1);
  });

  test("given a secondary, when the signal aborts or the watcher is shut down, then it rejects", async () => {
    const group = new Group();
    const { watcher } = await group.start("a", { enabled: false });
    const abort = new AbortController();
    const one = outcome(watcher.whenPrimary(abort.signal));
    const other = outcome(watcher.whenPrimary());
    abort.abort(new Error("enough"));
    await group.clock.advance(0);
    expect(one.is()).toBe("rejected: enough");
    expect(other.is()).toBe("pending");
    void watcher.shutdown();
    await group.clock.advance(TIMEOUT);
    expect(other.is()).toBe("rejected: a was shut down, and becomes primary no more.");
    expect((await watcher.whenPrimary().catch((error: unknown) => error)) as Error).toMatchObject({
      code: "NOT_PRIMARY",
    });
  });
});

describe("metadata", () => {
  test("given a primary that says where it is, when others hear it, then they can send clients there, and know what is against it", async () => {
    const group = new Group({ delay: 1 });
    const a = await group.start("a", { metadata: { url: "http://a" } });
    await group.clock.advance(2 * TIMEOUT);
    const b = group.create("b", { enabled: false });
    const heard: string[] = [];
    for (const name of ["primarychange", "promoted"] as const)
      b.watcher.on(name, ({ metadata }) => heard.push(`${name} ${String(metadata?.["url"])}`));
    await b.watcher.start();
    await group.clock.advance(2 * TIMEOUT);
    expect(a.watcher.status().metadata).toEqual({ url: "http://a" });
    expect(b.watcher.status().primary).toMatchObject({ instanceId: "a", metadata: { url: "http://a" } });
    expect(b.watcher.status().primary).not.toHaveProperty("evidence");
    expect(heard).toEqual(["primarychange http://a", "promoted http://a"]);
    a.watcher.setMetadata({ url: "http://elsewhere" });
    await group.clock.advance(2);
    expect(b.watcher.status().primary?.metadata).toEqual({ url: "http://elsewhere" });
    a.watcher.setMetadata({});
    await group.clock.advance(INTERVAL / 10);
    expect(b.watcher.status().primary).not.toHaveProperty("metadata");
    group.bus.kill("a");
    await group.clock.advance(2 * TIMEOUT);
    expect(b.watcher.status().primary).toMatchObject({ evidence: "silence" });
  });

  test.for([
    ["a string", "here", "it is a string; give a plain object"],
    ["an array", [1], "it is an array; give a plain object"],
    ["null", null, "it is null; give a plain object"],
    ["a date", new Date(0), "it is an object of a class; give a plain object"],
    ["a map", new Map([["url", "here"]]), "it is an object of a class; give a plain object"],
    ["a BigInt inside", { port: 1n }, "cannot be written as JSON"],
    ["a kilobyte and more", { text: "x".repeat(1_024) }, "bytes as JSON; give at most 1024"],
  ] as const)(
    "given %s as metadata, when it is set, then it is refused and what was set before stays",
    ([, metadata, rule]) => {
      const group = new Group();
      const { watcher } = group.create("a", { metadata: { here: true } });
      expect(() => watcher.setMetadata(metadata as never)).toThrow(rule);
      expect(() => group.create("b", { metadata: metadata as never })).toThrow(rule);
      expect(watcher.status().metadata).toEqual({ here: true });
    },
  );

  test("given metadata that the program changes afterwards, when it is read, then it is what was set", () => {
    const group = new Group();
    const metadata: Record<string, unknown> = { here: true };
    const { watcher } = group.create("a", { metadata });
    metadata["here"] = false;
    expect(watcher.status().metadata).toEqual({ here: true });
  });
});

describe("work", () => {
  test("given a loop as work, when the instance leads and leaves, then it starts after onPromote and has ended before onDemote", async () => {
    const group = new Group();
    const log: string[] = [];
    const { watcher } = await group.start("a", {
      onPromote: () => void log.push("onPromote"),
      work: async ({ term, signal }) => {
        log.push(`work ${term}`);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        log.push("work ends");
      },
      onDemote: () => void log.push("onDemote"),
    });
    await group.clock.advance(100 * TIMEOUT);
    expect(watcher.status().serving).toBe(true);
    void watcher.stepDown();
    await group.clock.advance(10);
    expect(log).toEqual(["onPromote", "work 1", "work ends", "onDemote"]);
  });

  test("given work alone, when the instance is made, then it is a candidate", async () => {
    const group = new Group();
    const transport = bus();
    const { clock } = group;
    const watcher = new Watcher({
      transport,
      clock,
      enabled: true,
      logger: silent,
      work: () => new Promise(() => undefined),
    });
    await watcher.start();
    await group.clock.advance(60_000);
    expect(watcher.status()).toMatchObject({ candidate: true, isPrimary: true, serving: true });
  });

  test("given work that throws or returns, when it does, then the instance steps down, and another one has its turn", async () => {
    for (const work of [() => Promise.reject(new Error("the queue is gone")), () => Promise.resolve()]) {
      const group = new Group({ delay: 1 });
      const a = await group.start("a", { work });
      const b = await group.start("b", { enabled: false });
      await group.clock.advance(TIMEOUT);
      b.watcher.setEnabled(true);
      await group.clock.advance(TIMEOUT);
      expect(a.log.at(-1)).toMatch(/^demote 1 work-ended/u);
      expect(b.watcher.isPrimary).toBe(true);
    }
  });
});
