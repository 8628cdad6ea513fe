/** The permissions that the documentation asks for are those that a real server has to give, and no fewer. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nats } from "../../transports/nats/index.ts";
import { PASSWORD, startNatsFor, type Permissions } from "../brokers/nats.ts";
import { instanceOf } from "../support/instance.ts";
import { candidate } from "./candidate.ts";

const PATIENT = { timeout: 60_000 };
const options = { user: "one", pass: PASSWORD };

interface Rights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The rows of the documentation's tables for a role. */
function rightsOf(...roles: readonly string[]): Rights {
  const text = readFileSync(join(import.meta.dirname, "../../docs/nats.md"), "utf8");
  const rows = [...text.matchAll(/^\| (\w+) +\| (.*?) +\| (.*?) *\|$/gm)].filter(([, role = ""]) =>
    roles.includes(role),
  );
  const column = (index: number): string[] =>
    rows.flatMap((row) => [...(row[index] ?? "").matchAll(/`([^`]+)`/g)].map(([, subject = ""]) => subject));
  return { publish: column(2), subscribe: column(3) };
}

function granted(rights: Rights): Permissions {
  return { ...rights, allow_responses: true };
}

/** Every set that lacks one of these. */
function lackingOne({ publish, subscribe }: Rights): (readonly [string, Permissions])[] {
  const without = (subjects: readonly string[], one: string): string[] => subjects.filter((subject) => subject !== one);
  return [
    ...publish.map((one) => [`publish ${one}`, granted({ publish: without(publish, one), subscribe })] as const),
    ...subscribe.map((one) => [`subscribe ${one}`, granted({ publish, subscribe: without(subscribe, one) })] as const),
  ];
}

describe("the permissions in the documentation", () => {
  test("let an observer hear a primary", PATIENT, async () => {
    const broker = await startNatsFor({ one: granted(rightsOf("observer")), other: granted(rightsOf("candidate")) });
    const observer = instanceOf(nats({ servers: broker.url, options, lifeline: 10 }));
    const primary = instanceOf(nats({ servers: broker.url, options: { ...options, user: "other" } }));
    await observer.transport.open({ ...observer.context, candidate: false }, observer.handlers);
    await primary.open();
    await primary.send("alive");
    await observer.heard("alive");
    expect(await observer.transport.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ instanceId: primary.name });
    await primary.transport.close();
    await observer.log.next("the loss", ({ type }) => type === "unlinked");
    expect(observer.log.entries.filter(({ type }) => type === "error")).toEqual([]);
  });

  test("let candidates hear one another, on every topic", PATIENT, async () => {
    const { url: servers } = await startNatsFor({ one: granted(rightsOf("candidate")) });
    const [one, other] = [instanceOf(nats({ servers, options })), instanceOf(nats({ servers, options }))];
    await one.open();
    await other.open();
    for (const kind of ["heartbeat", "promoted", "shutdown", "claim", "yield", "stale", "probe"]) {
      await one.transport.send({ topic: `instance.${kind}`, body: new TextEncoder().encode(kind) });
      await other.heard(kind);
    }
    expect(one.log.entries.filter(({ type }) => type === "error")).toEqual([]);
  });

  test("are all needed by a candidate, but for the answers to what it asks", PATIENT, async () => {
    const sets = lackingOne(rightsOf("candidate")).filter(([name]) => name !== "subscribe _INBOX.>");
    expect(sets.length).toBeGreaterThanOrEqual(6);
    const { url: servers } = await startNatsFor(Object.fromEntries(sets));
    const outcomes = sets.map(async ([user]) => {
      const opening = instanceOf(nats({ servers, options: { user, pass: PASSWORD } })).open();
      await expect(opening, user).rejects.toThrow(/does not let it|does not come back/);
    });
    await Promise.all(outcomes);
  });

  test("let a lease be held, watched and taken over", PATIENT, async () => {
    const { url: servers } = await startNatsFor({ one: granted(rightsOf("candidate", "lease")) });
    const [a, b] = [await candidate("a", { servers, options }), await candidate("b", { servers, options })];
    const mandate = await a.win();
    await b.log.next("the mandate", ({ type }) => type === "greeted");
    await mandate.resign();
    expect((await b.win()).term).toBe(2);
    expect([...a.log.entries, ...b.log.entries].filter(({ type }) => type === "error")).toEqual([]);
  });
});
