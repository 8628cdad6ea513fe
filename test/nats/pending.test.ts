import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { makePending } from "../../transports/nats/pending.ts";

/** How long an acknowledgement may take where none is to be late, in milliseconds. */
const PATIENCE = 10_000;

function unexpected(): void {
  throw new Error("Nothing was late");
}

/** Has everything thrown away that nobody can reach any more. */
async function collectGarbage(): Promise<void> {
  // A weak reference holds its object until the end of the turn in which it was made or asked.
  await new Promise((resolve) => setTimeout(resolve, 0));
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

test("what was acknowledged is remembered by nobody while the connection lasts", async () => {
  const pending = makePending(() => Promise.resolve(), PATIENCE, unexpected);
  const trace = await (async (): Promise<WeakRef<Promise<void>>> => {
    const acknowledged = pending.acknowledged();
    await acknowledged;
    return new WeakRef(acknowledged);
  })();
  await collectGarbage();
  expect(trace.deref()).toBeUndefined();
  pending.drop("the test is over");
});

test("whatever waits when the connection ends is rejected with the reason, and what follows is not", async () => {
  const answers: (() => void)[] = [];
  const pending = makePending(() => new Promise((resolve) => answers.push(resolve)), PATIENCE, unexpected);
  const waiting = [pending.acknowledged(), pending.acknowledged()];
  const settled = pending.settled();
  pending.drop("the connection was lost");
  for (const one of waiting) await expect(one).rejects.toThrow("the connection was lost; the message is dropped");
  await settled;
  const next = pending.acknowledged();
  for (const answer of answers) answer();
  await expect(next).resolves.toBeUndefined();
});

test("an answer that takes too long is told, once, and does not count when it comes", async () => {
  let answer: () => void = unexpected;
  let late = 0;
  const pending = makePending(
    () => new Promise((resolve) => (answer = resolve)),
    1,
    () => (late += 1),
  );
  await expect(pending.acknowledged()).rejects.toThrow("did not answer within 1 ms");
  answer();
  await pending.settled();
  expect(late).toBe(1);
});
