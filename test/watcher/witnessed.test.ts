import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import type { ElectionContext, Holder, Transport, WatcherOptions } from "../../src/index.ts";
import { memory } from "../../transports/memory/index.ts";
import { Group, INTERVAL, TIMEOUT, type Instance } from "../support/group.ts";
import { keepLines } from "../support/lines.ts";
import { lockElection, type LockStore } from "../support/lock.ts";

const HOLDER: Holder = { instanceId: "b", incarnation: "b#1", term: 5 };

/** A bus that takes nothing while `why` is set. */
function refusing(group: Group, why: { fault: Error | undefined }): Transport {
  const transport = memory(group.bus);
  return {
    ...transport,
    capabilities: transport.capabilities,
    send: (message) => (why.fault === undefined ? transport.send(message) : Promise.reject(why.fault)),
  };
}

/** A bus on which only the primary publishes, from a place that cannot be had while `why` is set. */
function leading(group: Group, why: { fault: Error | undefined }): Transport {
  const transport = memory(group.bus);
  return {
    ...transport,
    capabilities: { ...transport.capabilities, publish: "primary" },
    lead: () => (why.fault === undefined ? Promise.resolve() : Promise.reject(why.fault)),
    follow: () => Promise.resolve(),
  };
}

describe("a primary that cannot publish", () => {
  interface Trial extends Instance {
    readonly group: Group;
    readonly why: { fault: Error | undefined };
    readonly alarms: () => readonly string[];
    standbys(count: unknown): void;
  }

  async function start(make: typeof refusing, options: Partial<WatcherOptions> = {}): Promise<Trial> {
    const group = new Group();
    const why: { fault: Error | undefined } = { fault: undefined };
    const { logger, alarms } = keepLines();
    let context: ElectionContext | undefined;
    const election = lockElection(
      { term: 0 },
      {
        open: (opened: ElectionContext) => {
          context = opened;
          return Promise.resolve();
        },
      },
    );
    const instance = await group.start("a", { transport: make(group, why), election, logger, ...options });
    await group.clock.advance(2 * TIMEOUT);
    expect(instance.watcher.isPrimary).toBe(true);
    return { ...instance, group, why, alarms, standbys: (count) => context?.standbys?.(count as number) };
  }

  test("because of a port that a stranger has says so, stays primary, and is heard when it has the port", async () => {
    const group = new Group();
    const why = {
      fault: new TransportError("ADDRESS_IN_USE", "Cannot bind tcp://here:1: it is taken.") as Error | undefined,
    };
    const { logger, alarms } = keepLines();
    const { watcher } = await group.start("a", {
      transport: leading(group, why),
      election: lockElection({ term: 0 }),
      logger,
    });
    expect(watcher.status().isolated).toBeUndefined();
    await group.clock.advance(10 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    expect(watcher.status()).toMatchObject({
      isPrimary: true,
      isolated: { code: "unpublished", message: "Cannot bind tcp://here:1: it is taken." },
    });
    expect(watcher.formatStatus()).toContain("not heard by others: Cannot bind tcp://here:1: it is taken.");
    expect(alarms().filter((line) => line.includes("No heartbeat of this primary leaves"))).toEqual([
      "warn default/a: No heartbeat of this primary leaves. Cannot bind tcp://here:1: it is taken. Nobody else could publish there, so it stays primary, and tries again.",
    ]);
    why.fault = undefined;
    await group.clock.advance(2 * INTERVAL);
    expect(watcher.status().isolated).toBeUndefined();
    why.fault = new TransportError("ADDRESS_IN_USE", "Cannot bind tcp://here:1: it is taken.");
    void watcher.stepDown();
    await group.clock.advance(10 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    expect(watcher.status().isolated).toMatchObject({ code: "unpublished" });
  });

  test("because its bus takes nothing hands over to whoever stands by", async () => {
    const { watcher, log, group, why, standbys } = await start(refusing);
    standbys(1);
    expect(watcher.status().standbys).toBe(1);
    why.fault = new Error("The socket is broken.");
    await group.clock.advance(TIMEOUT + 2 * INTERVAL);
    expect(log).toEqual(["promote 1 silence", "demote 1 unpublished"]);
    expect(watcher.status()).toMatchObject({ role: "secondary" });
    expect(watcher.status()).not.toHaveProperty("standbys");
  });

  test("stays where nobody stands by", async () => {
    const { watcher, group, why, standbys } = await start(refusing);
    standbys(0);
    why.fault = new Error("The socket is broken.");
    await group.clock.advance(10 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    expect(watcher.status().isolated).toEqual({ code: "unpublished", message: "The socket is broken." });
  });

  test("is told nonsense by an election, which is an error, and no news", async () => {
    const { watcher, standbys, alarms } = await start(refusing);
    standbys("many");
    expect(watcher.status()).not.toHaveProperty("standbys");
    expect(alarms()).toEqual([expect.stringContaining('gave "many" as the number of standbys; it is ignored')]);
  });
});

describe("a holder that is silent on the bus", () => {
  async function watching(
    over: object,
    fenced: Holder[] = [],
  ): Promise<Instance & { group: Group; alarms(): readonly string[] }> {
    const group = new Group();
    const store: LockStore = { holder: HOLDER, term: 5 };
    const { logger, alarms } = keepLines();
    const election = lockElection(store, over);
    const fence = (holder: Holder): Promise<boolean> => {
      fenced.push(holder);
      return Promise.resolve(true);
    };
    return { ...(await group.start("a", { election, fence, logger })), group, alarms };
  }

  test("and answers the election's question is the primary, whose heartbeats do not arrive: that is told, and nobody campaigns", async () => {
    const fenced: Holder[] = [];
    let campaigns = 0;
    let asked = 0;
    const { watcher, group, alarms } = await watching(
      {
        check: () => {
          asked += 1;
          return Promise.resolve(HOLDER);
        },
        campaign: () => {
          campaigns += 1;
          return Promise.resolve({ won: false, message: "held", holder: HOLDER });
        },
      },
      fenced,
    );
    const told: unknown[] = [];
    watcher.on("primary-unheard", (detail) => told.push(detail));
    await group.clock.advance(20 * TIMEOUT);
    expect(told).toMatchObject([{ instanceId: "b", term: 5, reason: { code: "unheard" } }]);
    expect(watcher.status()).toMatchObject({ primary: { instanceId: "b", term: 5, unheard: true } });
    expect(watcher.formatStatus()).toContain("its heartbeats do not arrive here, but it answers when it is asked");
    expect(alarms()).toEqual([expect.stringContaining("warn default/a: b lives and holds its mandate")]);
    expect({ fenced, campaigns }).toEqual({ fenced: [], campaigns: 0 });
    expect(asked).toBeLessThanOrEqual(2 * 20 + 1);
  });

  test("and has just proven to the campaign that it lives is not fenced", async () => {
    const fenced: Holder[] = [];
    const { watcher, group } = await watching(
      { campaign: () => Promise.resolve({ won: false, message: "held", holder: HOLDER, alive: true }) },
      fenced,
    );
    await group.clock.advance(20 * TIMEOUT);
    expect(fenced).toEqual([]);
    expect(watcher.status().primary).toMatchObject({ instanceId: "b", unheard: true });
  });

  test.each([false, undefined, "perhaps"])(
    "and of which the election says %s is fenced, once a timeout",
    async (alive) => {
      const fenced: Holder[] = [];
      const { group } = await watching(
        { campaign: () => Promise.resolve({ won: false, message: "held", holder: HOLDER, alive }) },
        fenced,
      );
      await group.clock.advance(3 * TIMEOUT);
      expect(fenced).toEqual([HOLDER]);
      await group.clock.advance(10 * TIMEOUT);
      expect(fenced.length).toBeGreaterThan(1);
      expect(fenced.length).toBeLessThanOrEqual(11);
    },
  );

  test("and never answers is asked four times at once at most, until silence convicts it", async () => {
    let pending = 0;
    let most = 0;
    const { group } = await watching({
      check: (signal: AbortSignal) =>
        new Promise((resolve) => {
          pending += 1;
          most = Math.max(most, pending);
          signal.addEventListener("abort", () => {
            pending -= 1;
            resolve(undefined);
          });
        }),
    });
    await group.clock.advance(20 * TIMEOUT);
    expect(most).toBe(4);
  });
});
