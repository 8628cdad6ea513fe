import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import type { Client, Pool } from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startRelay, type Relay } from "../../bench/group/relay.ts";
import type { Watcher } from "../../src/index.ts";
import { startPostgres, type Postgres } from "../brokers/postgres.ts";
import { eventually } from "../support/log.ts";
import { BUILD } from "../support/tree.ts";
import { makeDatabase, type Database } from "./database.ts";
import { groupOf, INTERVAL, TIMEOUT, type Group } from "./group.ts";

const PATIENT = { timeout: 60_000 };

let server: Postgres;

beforeAll(async () => {
  server = await startPostgres();
}, PATIENT.timeout);

afterAll(() => server.end());

/** A group whose first member, which leads, has a relay between itself and Postgres. */
async function ledByA(): Promise<{ database: Database; relay: Relay; group: Group; a: Watcher; b: Watcher }> {
  const database = await makeDatabase(server);
  const relay = await startRelay(database.config.port);
  onTestFinished(() => relay.close());
  const group = groupOf();
  const a = await group.start("a", { ...database.config, port: relay.port });
  await group.leader("a");
  const b = await group.start("b", database.config);
  return { database, relay, group, a, b };
}

/** In which order things happened. */
function inOrder(group: Group, ...expected: readonly string[]): void {
  const said = group.log.entries.filter(({ what }) => what !== "error").map(({ who, what }) => `${who} ${what}`);
  expect(said).toEqual(expected);
}

function expectRisingTerms(group: Group): void {
  const terms = group.log.entries.filter(({ what }) => what === "leads").map(({ term }) => term);
  expect(terms).toEqual([...new Set(terms)].sort((one, other) => one - other));
}

/** No pool has more than its one connection, nobody waits for one, and nobody but the pool listens to it. */
async function expectNoLeak({ pools, sessions }: Database, members: number): Promise<void> {
  expect(pools()).toHaveLength(members);
  await eventually("every connection to be idle or gone", async () => {
    for (const pool of pools()) {
      expect(pool).toMatchObject({ waitingCount: 0, idleCount: pool.totalCount });
      expect(pool.listenerCount("error")).toBe(1);
      for (const client of clientsOf(pool)) expect(client.listenerCount("error")).toBe(1);
    }
    expect(await sessions()).toBeLessThanOrEqual(members);
  });
  for (const { totalCount } of pools()) expect(totalCount).toBeLessThanOrEqual(1);
}

function clientsOf(pool: Pool): readonly Client[] {
  return (pool as unknown as { readonly _clients: readonly Client[] })._clients;
}

/** The server crashes, and comes back some milliseconds later. */
async function replace(pause: number): Promise<void> {
  await server.kill();
  await new Promise((resolve) => setTimeout(resolve, pause));
  await server.start();
}

/** For sessions from now on. */
function readOnly(value: "on" | "off"): string {
  const change = `alter database %I set default_transaction_read_only = ${value}`;
  return `do $$ begin execute format('${change}', current_database()); end $$`;
}

describe("a group whose mandate is a row in Postgres", () => {
  test("replaces a primary whose process was killed", PATIENT, async () => {
    const database = await makeDatabase(server);
    const args = [JSON.stringify(database.config), String(INTERVAL), String(TIMEOUT)];
    const child = fork(join(BUILD, "test/postgres/instance.js"), args);
    onTestFinished(() => void child.kill("SIGKILL"));
    expect((await once(child, "message"))[0]).toEqual({ term: 1 });
    const group = groupOf();
    const b = await group.start("b", database.config);
    // Nothing is heard of it on the bus: that it holds the mandate is in its row alone.
    const holder = await new Promise<number>((resolve) => b.on("primarychange", ({ term }) => resolve(term)));
    expect(holder).toBe(1);
    expect(b.isPrimary).toBe(false);
    child.kill("SIGKILL");
    expect((await group.leader("b")).term).toBe(2);
  });

  test("replaces a primary whose connection is gone for good, after it has stopped", PATIENT, async () => {
    const { relay, group, a } = await ledByA();
    await relay.close();
    expect((await group.leader("b")).term).toBe(2);
    expect(a.isPrimary).toBe(false);
    inOrder(group, "a leads", "a stopped", "b leads");
    expect(group.doubles()).toBe(0);
  });

  test("keeps a primary whose session was ended, which connects again in time", PATIENT, async () => {
    const { database, group, a } = await ledByA();
    const renewed = async (): Promise<unknown> => database.sql("select nonce from failover_mandate");
    for (let time = 0; time < 3; time += 1) {
      const before = await renewed();
      await database.endSessions();
      await eventually("a renewal", async () => expect(await renewed()).not.toEqual(before));
    }
    expect(a.isPrimary).toBe(true);
    inOrder(group, "a leads");
    await expectNoLeak(database, 2);
  });

  test("never has two primaries where one is cut off and its sessions are ended, and heals", PATIENT, async () => {
    const { database, relay, group, a, b } = await ledByA();
    group.bus.partition([["a"], ["b"]]);
    relay.cut();
    // As a server does that has waited long enough for a host that is cut off. The host hears nothing of it.
    await database.endSessions();
    expect((await group.leader("b")).term).toBe(2);
    inOrder(group, "a leads", "a stopped", "b leads");
    group.bus.heal();
    relay.heal();
    await b.stepDown();
    expect((await group.leader("a")).term).toBe(3);
    expect(a.isPrimary).toBe(true);
    expect(group.doubles()).toBe(0);
    await expectNoLeak(database, 2);
  });

  test("never has two primaries where one hears no answers, and its renewals arrive", PATIENT, async () => {
    const { relay, group } = await ledByA();
    group.bus.partition([["a"], ["b"]]);
    relay.cut("in");
    expect((await group.leader("b")).term).toBeGreaterThan(1);
    relay.heal();
    inOrder(group, "a leads", "a stopped", "b leads");
    expect(group.doubles()).toBe(0);
  });

  test.each([
    [
      "a trigger that raises",
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$;
       create trigger refuse before update on failover_mandate for each row execute function refuse()`,
      "drop trigger refuse on failover_mandate",
    ],
    [
      "a table that is gone",
      "alter table failover_mandate rename to elsewhere",
      "alter table elsewhere rename to failover_mandate",
    ],
    ["a database that reads only", readOnly("on"), `set default_transaction_read_only = off; ${readOnly("off")}`],
  ])(
    "has no primary any more and leaks nothing under %s, and has one when that ends",
    PATIENT,
    async (_, breakIt, mendIt) => {
      const { database, group } = await ledByA();
      await database.sql(breakIt);
      await database.endSessions();
      await eventually("both to fail again and again", () => {
        for (const name of ["a", "b"])
          expect(group.log.entries.filter(({ who, what }) => who === name && what === "error").length).toBeGreaterThan(
            4,
          );
        return Promise.resolve();
      });
      inOrder(group, "a leads", "a stopped");
      await expectNoLeak(database, 2);
      await database.sql(mendIt);
      await database.endSessions();
      await group.leader();
      expect(group.doubles()).toBe(0);
      await expectNoLeak(database, 2);
    },
  );

  test("hands over twenty times with rising terms, and nothing piles up", PATIENT, async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on("warning", warned);
    onTestFinished(() => void process.off("warning", warned));
    const { database, group, a, b } = await ledByA();
    for (let time = 0; time < 20; time += 1) {
      await eventually("a successor to watch", () => {
        expect([a, b].filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
        return Promise.resolve();
      });
      const primary = a.isPrimary ? a : b;
      await primary.stepDown();
      await group.leader();
    }
    expectRisingTerms(group);
    expect(group.doubles()).toBe(0);
    await expectNoLeak(database, 2);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["was deleted", "delete from failover_mandate"],
    [
      "was deleted and begun anew",
      "delete from failover_mandate; insert into failover_mandate values ('default', 0, 'x', 'x', 'x', 0, 0, true)",
    ],
    ["has a lower term", "update failover_mandate set term = 1"],
    ["has a lower term and another nonce", "update failover_mandate set term = 1, nonce = 'x'"],
  ])("goes on with a higher term, and never leads twice, when its row %s", PATIENT, async (_, text) => {
    const { database, group, a, b } = await ledByA();
    await a.stepDown();
    await group.leader("b");
    await b.stepDown();
    const { term } = await group.leader();
    expect(term).toBe(3);
    await database.sql(text);
    await eventually("somebody to step down", async () => {
      expect(await (a.isPrimary ? a : b).stepDown()).toBeDefined();
    });
    await eventually("a primary of a higher term", () => {
      expect([a, b].filter((one) => one.isPrimary && one.term > 3)).toHaveLength(1);
      return Promise.resolve();
    });
    expectRisingTerms(group);
    expect(group.doubles()).toBe(0);
  });

  test.each([
    ["restarts", () => server.restart()],
    ["crashes and comes back", () => replace(0)],
    ["is away for long", () => replace(3 * TIMEOUT)],
  ])("has one primary again when the database %s", PATIENT, async (_, restart) => {
    const { database, group, a, b } = await ledByA();
    await restart();
    await eventually("a primary that has renewed since", async () => {
      const [row] = await database.sql("select nonce, term from failover_mandate");
      expect([a, b].filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
      const primary = a.isPrimary ? a : b;
      expect(Number(row?.["term"])).toBe(primary.term);
      await new Promise((resolve) => setTimeout(resolve, TIMEOUT));
      expect(primary.isPrimary).toBe(true);
    });
    expectRisingTerms(group);
    expect(group.doubles()).toBe(0);
    await expectNoLeak(database, 2);
  });
});
