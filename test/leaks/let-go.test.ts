import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { underEither } from "../../src/either.ts";
import type { Mandate } from "../../src/election.ts";
import { startNats } from "../brokers/nats.ts";
import { candidate } from "../nats/candidate.ts";
import { collectGarbage } from "./measure.ts";

describe("what goes on lets go of what is over", () => {
  test("a lease, of what its campaigns came to", { timeout: 30_000 }, async () => {
    const { url } = await startNats("--jetstream");
    const { win } = await candidate("a", { servers: url });
    const reign = async (): Promise<WeakRef<Mandate>> => {
      const mandate = await win();
      await mandate.resign();
      return new WeakRef(mandate);
    };
    const first = await reign();
    await reign();
    await reign();
    await collectGarbage();
    expect(first.deref()).toBeUndefined();
  });

  test.each([
    ["succeeds", () => Promise.resolve("done")],
    ["fails", () => Promise.reject(new Error("no"))],
  ])("a signal, of work that %s", async (_, work) => {
    const [program, question] = [new AbortController(), new AbortController()];
    await underEither(question.signal, program.signal, work).catch(() => undefined);
    for (const { signal } of [program, question]) expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("work under two signals", () => {
  test.each(["one", "other"] as const)("is called off by the %s, before it begins or later", async (which) => {
    const both = { one: new AbortController(), other: new AbortController() };
    const reason = new Error("enough");
    const untilCalledOff = (signal: AbortSignal): Promise<unknown> =>
      new Promise((resolve) => {
        if (signal.aborted) resolve(signal.reason);
        signal.addEventListener("abort", () => resolve(signal.reason));
      });
    const later = underEither(both.one.signal, both.other.signal, untilCalledOff);
    both[which].abort(reason);
    expect(await later).toBe(reason);
    expect(await underEither(both.one.signal, both.other.signal, untilCalledOff)).toBe(reason);
  });
});
