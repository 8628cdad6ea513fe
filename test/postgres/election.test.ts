import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startRelay } from "../../bench/group/relay.ts";
import { systemClock, type Clock } from "../../src/clock.ts";
import { startPostgres, type Postgres } from "../brokers/postgres.ts";
import { eventually } from "../support/log.ts";
import { candidateOf, TIMEOUT, type Candidate } from "./candidate.ts";
import { makeDatabase, type Database } from "./database.ts";

const PATIENT = { timeout: 60_000 };
/** Nothing that is asked may take longer, whatever becomes of the connection: two tries for each of two statements. */
const BOUND = TIMEOUT;

let server: Postgres;

beforeAll(async () => {
  server = await startPostgres();
}, PATIENT.timeout);

afterAll(() => server.end());

/** @param begun a mandate of term 0 was resigned, so that the next can be had at once */
async function start(begun = true): Promise<Database & { readonly open: (name: string) => Promise<Candidate> }> {
  const database = await makeDatabase(server);
  if (begun) await database.sql("insert into failover_mandate values ('default', 0, 'z', 'z#1', 'z', 1, 1, true)");
  const open = async (name: string): Promise<Candidate> => {
    const candidate = candidateOf(name, database.config);
    await candidate.open();
    return candidate;
  };
  return { ...database, open };
}

/** How long something took, however it ended. */
async function duration(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await Promise.allSettled([work]);
  return performance.now() - began;
}

type Call = [text: string, values: unknown[], answer: (error: Error | undefined, result?: unknown) => void];

/** A connection that breaks when its first update was carried out, and before its answer is read. */
class Forgetful extends pg.Client {
  static forgot = 0;

  override query(...args: unknown[]): never {
    const [text, values, answer] = args as Call;
    const forget = (): void => {
      Forgetful.forgot += 1;
      answer(new Error("Connection terminated unexpectedly"));
    };
    super.query(text, values, text.startsWith("update") && Forgetful.forgot === 0 ? forget : answer);
    return undefined as never;
  }
}

/** A connection on which the answer to an update takes some milliseconds, on the clock beside it. */
function lateAnswers(): { delay: number; readonly clock: Clock; readonly Client: new () => pg.Client } {
  let skew = 0;
  class Client extends pg.Client {
    override query(...args: unknown[]): never {
      const [text, values, answer] = args as Call;
      const answerLate = (...result: Parameters<typeof answer>): void => {
        skew += late.delay;
        answer(...result);
      };
      super.query(text, values, text.startsWith("update") ? answerLate : answer);
      return undefined as never;
    }
  }
  const late = { delay: 0, clock: { ...systemClock, now: () => performance.now() + skew }, Client };
  return late;
}

const isLoss = ({ type }: { readonly type: string }): boolean => type === "lost";

describe("a mandate in Postgres", () => {
  test("where nothing is stored is won by exactly one of five, and the others learn who", PATIENT, async () => {
    const { open } = await start(false);
    const candidates = await Promise.all(["a", "b", "c", "d", "e"].map(open));
    const outcomes = await Promise.all(candidates.map((one) => one.campaign()));
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1);
    const winner = `abcde`[outcomes.findIndex(({ won }) => won)];
    for (const outcome of outcomes)
      if (!outcome.won) expect(outcome.holder).toMatchObject({ instanceId: winner, term: 1 });
  });

  test("where nothing is stored is not taken before that has stayed so for a whole timeout", PATIENT, async () => {
    const { open } = await start(false);
    const began = performance.now();
    const mandate = await (await open("a")).win();
    expect(performance.now() - began).toBeGreaterThanOrEqual(TIMEOUT - 1);
    expect(mandate.term).toBe(1);
  });

  test("that nobody renews is taken a whole timeout after its last change, with the next term", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    const mandate = await a.win();
    await a.log.next("a renewal", ({ type }) => type === "renewed");
    mandate.abandon?.();
    expect((await b.win()).term).toBe(2);
    const last = a.log.entries.flatMap((told) => (told.type === "renewed" ? [told.deadline] : [])).at(-1) ?? Infinity;
    expect(performance.now()).toBeGreaterThan(last + TIMEOUT / 3 - 1);
  });

  test("is left to a holder that has announced a longer timeout for as long as that", PATIENT, async () => {
    const { open, config } = await start();
    const [a, b] = [candidateOf("a", config, 3 * TIMEOUT), await open("b")];
    await a.open();
    const mandate = await a.win();
    mandate.abandon?.();
    const began = performance.now();
    expect((await b.win()).term).toBe(2);
    expect(performance.now() - began).toBeGreaterThan(2 * TIMEOUT);
  });

  test("that is renewed is never taken, and who campaigns for it learns who holds it", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    await a.win();
    expect(await b.campaign()).toMatchObject({ won: false, holder: { instanceId: "a", incarnation: "a#1", term: 1 } });
    expect(a.log.entries.filter(isLoss)).toEqual([]);
  });

  test("is proven from when a renewal was sent, again and again", PATIENT, async () => {
    const { config } = await start();
    const late = lateAnswers();
    const a = candidateOf("a", { ...config, Client: late.Client }, TIMEOUT, late.clock);
    await a.open();
    const { deadline = 0 } = await a.win();
    late.delay = TIMEOUT / 6;
    a.log.clear();
    const renewed = await a.log.next("a renewal", (told) => told.type === "renewed" && told.deadline > deadline + 200);
    if (renewed.type === "renewed") expect(renewed.deadline).toBeLessThan(renewed.at + (TIMEOUT * 2) / 3 - late.delay);
  });

  test("that is resigned is taken at once, with a term above everything heard", PATIENT, async () => {
    const { open } = await start();
    const [a, b] = [await open("a"), await open("b")];
    await (await a.win()).resign();
    const began = performance.now();
    expect((await b.win(41)).term).toBe(42);
    expect(performance.now() - began).toBeLessThan(TIMEOUT / 2);
  });

  test("whose row another has written is lost, and is not given back by resigning it", PATIENT, async () => {
    const { open, sql } = await start();
    const a = await open("a");
    const mandate = await a.win();
    await sql("update failover_mandate set term = 9, instance_id = 'z', incarnation = 'z#1', nonce = 'z'");
    await mandate.resign();
    expect(await sql("select instance_id, resigned from failover_mandate")).toEqual([
      { instance_id: "z", resigned: false },
    ]);
  });

  test.each([
    ["written by another", "update failover_mandate set instance_id = 'z', incarnation = 'z#1', nonce = 'z'", "z is"],
    ["deleted", "delete from failover_mandate", "nobody is"],
  ])("whose row is %s is lost within a renewal, and won again a whole timeout later", PATIENT, async (_, text, who) => {
    const { open, sql } = await start(false);
    const [a, b] = [await open("a"), await open("b")];
    const { term } = await a.win(6);
    await sql(text);
    const began = performance.now();
    expect(await a.log.next("the loss", isLoss)).toMatchObject({ message: `The mandate is lost: ${who} in its row.` });
    expect((await b.win(term)).term).toBe(term + 1);
    expect(performance.now() - began).toBeGreaterThanOrEqual(TIMEOUT / 2);
    expect(await a.campaign(term)).toMatchObject({ won: false, holder: { instanceId: "b" } });
  });

  test("whose term was lowered by hand has its own term in the row again with the next renewal", PATIENT, async () => {
    const { open, sql } = await start();
    const a = await open("a");
    await a.win(6);
    await sql("update failover_mandate set term = 1");
    await eventually("the term to be there again", async () => {
      expect(await sql("select term from failover_mandate")).toEqual([{ term: "7" }]);
    });
    expect(a.log.entries.filter(isLoss)).toEqual([]);
  });

  test("a renewal that was written but not confirmed is found, and is no loss", PATIENT, async () => {
    const { config, sql } = await start();
    const relay = await startRelay(config.port);
    onTestFinished(() => relay.close());
    // Long enough for a whole renewal that fails and one that does not.
    const a = candidateOf("a", { ...config, port: relay.port }, 6_000);
    await a.open();
    await a.win();
    await a.log.next("a renewal", ({ type }) => type === "renewed");
    const nonce = async (): Promise<unknown> => (await sql("select nonce from failover_mandate"))[0]?.["nonce"];
    const before = await nonce();
    relay.cut("in");
    await eventually("a renewal to be written", async () => expect(await nonce()).not.toBe(before));
    a.log.clear();
    relay.heal();
    const next = await a.log.next("a later renewal", ({ type }) => type === "renewed" || type === "lost");
    expect(next.type).toBe("renewed");
  });

  test("a takeover that was written but not confirmed is found, and won", PATIENT, async () => {
    const { config } = await start();
    const a = candidateOf("a", { ...config, Client: Forgetful });
    await a.open();
    const mandate = await a.win();
    expect(Forgetful.forgot).toBe(1);
    expect(mandate.term).toBe(1);
  });

  test("a renewal that is confirmed after the deadline does not count, and the mandate is lost", PATIENT, async () => {
    const { config, open } = await start();
    const late = lateAnswers();
    const a = candidateOf("a", { ...config, Client: late.Client }, TIMEOUT, late.clock);
    await a.open();
    await a.win();
    await a.log.next("a renewal", ({ type }) => type === "renewed");
    late.delay = TIMEOUT;
    a.log.clear();
    await a.log.next("the loss", isLoss);
    expect(a.log.entries.filter(({ type }) => type === "renewed")).toEqual([]);
    expect((await (await open("b")).win()).term).toBe(2);
  });
});

describe("whatever is asked of a Postgres that has fallen silent", () => {
  async function cutOff(): Promise<{ a: Candidate; heal: () => void; cut: () => void } & Database> {
    const database = await start();
    const relay = await startRelay(database.config.port);
    onTestFinished(() => relay.close());
    const a = candidateOf("a", { ...database.config, port: relay.port });
    return { ...database, a, cut: () => relay.cut(), heal: () => relay.heal() };
  }

  test("opening is refused within a bound, and done when it is there again", PATIENT, async () => {
    const { a, cut, heal, pools } = await cutOff();
    cut();
    const began = performance.now();
    await expect(a.open()).rejects.toThrow("Postgres did not do what the election asked");
    expect(performance.now() - began).toBeLessThan(BOUND);
    heal();
    await a.open();
    expect((await a.win()).term).toBe(1);
    await a.close();
    await eventually("the pools to be empty", () => {
      expect(pools().map(({ totalCount, waitingCount }) => [totalCount, waitingCount])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      return Promise.resolve();
    });
  });

  test("a campaign ends within a bound, called off or not, and the next is fought", PATIENT, async () => {
    const { a, cut, heal } = await cutOff();
    await a.open();
    cut();
    expect(await duration(a.campaign())).toBeLessThan(BOUND);
    const controller = new AbortController();
    const outcome = a.campaign(0, controller.signal);
    controller.abort();
    expect(await duration(outcome)).toBeLessThan(BOUND);
    heal();
    expect((await eventually("a campaign", () => a.win())).term).toBe(1);
  });

  test("resigning and closing end within a bound", PATIENT, async () => {
    const { a, cut } = await cutOff();
    await a.open();
    const mandate = await a.win();
    cut();
    expect(await duration(mandate.resign())).toBeLessThan(2 * BOUND);
    expect(await duration(a.close())).toBeLessThan(BOUND);
  });

  test("closing with a mandate ends within a bound", PATIENT, async () => {
    const { a, cut } = await cutOff();
    await a.open();
    await a.win();
    cut();
    expect(await duration(a.close())).toBeLessThan(2 * BOUND);
  });
});

describe("the election in Postgres", () => {
  test("calls a campaign off at once while it waits", PATIENT, async () => {
    const { open } = await start(false);
    const a = await open("a");
    const controller = new AbortController();
    const outcome = a.campaign(0, controller.signal);
    setTimeout(() => controller.abort(), TIMEOUT / 4);
    expect(await duration(outcome)).toBeLessThan(TIMEOUT / 2);
    expect(await outcome).toEqual({ won: false, message: "The campaign was called off." });
  });

  test("gives up the mandate that it holds when it is closed, and no session is left", PATIENT, async () => {
    const { open, sessions } = await start();
    const [a, b] = [await open("a"), await open("b")];
    await a.win();
    await a.close();
    const began = performance.now();
    expect((await b.win()).term).toBe(2);
    expect(performance.now() - began).toBeLessThan(TIMEOUT / 2);
    await b.close();
    await eventually("the sessions to end", async () => expect(await sessions()).toBe(0));
  });

  test.each([
    ["waits", false],
    ["wins", true],
  ])("that is closed in the middle of a campaign that %s keeps nothing of it", PATIENT, async (_, resigned) => {
    const { open, sql, sessions } = await start();
    await sql(`update failover_mandate set resigned = ${resigned}`);
    const a = await open("a");
    const outcome = a.campaign();
    await a.close();
    await outcome;
    expect(await sql("select * from failover_mandate where instance_id = 'a' and not resigned")).toEqual([]);
    await eventually("the sessions to end", async () => expect(await sessions()).toBe(0));
  });

  test("can be opened again after it was closed", PATIENT, async () => {
    const { open } = await start();
    const a = await open("a");
    await a.win();
    await a.close();
    await expect(a.campaign()).rejects.toThrow("Cannot campaign before the election is open.");
    await a.open();
    expect((await a.win()).term).toBe(2);
    await a.close();
    await a.close();
  });

  test(
    "without its table is refused with what Postgres says, and can be opened when it is there",
    PATIENT,
    async () => {
      const { config, sql } = await start();
      await sql("alter table failover_mandate rename to elsewhere");
      const a = candidateOf("a", config);
      await expect(a.open()).rejects.toThrow(
        'Postgres did not do what the election asked: relation "failover_mandate" does not exist',
      );
      await sql("alter table elsewhere rename to failover_mandate");
      await a.open();
      expect((await a.win()).term).toBe(1);
    },
  );

  test("says once that it cannot watch, and once again after it could", PATIENT, async () => {
    const { open, sql } = await start();
    const a = await open("a");
    for (const time of [1, 2]) {
      await sql("alter table failover_mandate rename to elsewhere");
      await eventually("the complaint", () => {
        expect(a.log.entries).toHaveLength(time);
        return Promise.resolve();
      });
      await new Promise((resolve) => setTimeout(resolve, TIMEOUT / 2));
      expect(a.log.entries).toHaveLength(time);
      await sql("alter table elsewhere rename to failover_mandate");
      await new Promise((resolve) => setTimeout(resolve, TIMEOUT / 2));
    }
  });

  test("rejects where what it writes is not written, and nobody else has", PATIENT, async () => {
    const { open, sql } = await start();
    const a = await open("a");
    await sql("create function nothing() returns trigger language plpgsql as $$ begin return null; end $$");
    const on = "on failover_mandate for each row execute function nothing()";
    await sql(`create trigger nothing before insert or update ${on}`);
    await expect(a.campaign()).rejects.toThrow("Postgres has written nothing");
    await sql("delete from failover_mandate");
    await expect(open("b")).rejects.toThrow("Postgres has written nothing");
  });

  test("leaves no sessions behind that wait for a lock", PATIENT, async () => {
    const { open, config, sessions } = await start();
    const a = await open("a");
    await (await a.win()).resign();
    const rude = new pg.Client(config);
    await rude.connect();
    await rude.query("begin; select * from failover_mandate for update");
    for (let time = 0; time < 8; time += 1) await expect(a.campaign()).rejects.toThrow();
    await eventually("all but the last session to give up", async () => expect(await sessions()).toBeLessThan(4));
    await rude.end();
    expect((await eventually("a campaign", () => a.win())).term).toBeGreaterThan(1);
  });
});
