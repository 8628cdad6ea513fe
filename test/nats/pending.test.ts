import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { makePending, type Pending } from "../../transports/nats/pending.ts";

/** How long a message may take to come back where none is to be late, in milliseconds. */
const PATIENCE = 10_000;

const NOTHING = new Uint8Array();

function unexpected(): void {
  throw new Error("Nothing was late, and everything could be sent");
}

/** @param publish what the package does with a message; nothing by default */
function pendingOf(
  publish: () => void = () => undefined,
  patience: number = PATIENCE,
  late: () => void = unexpected,
): Pending {
  return makePending({ publish }, patience, { late, unsendable: unexpected });
}

/** Has everything thrown away that nobody can reach any more. */
async function collectGarbage(): Promise<void> {
  // A weak reference holds its object until the end of the turn in which it was made or asked.
  await new Promise((resolve) => setTimeout(resolve, 0));
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

test("what has come back is remembered by nobody while the connection lasts", async () => {
  const pending = pendingOf();
  const trace = await (async (): Promise<WeakRef<Promise<void>>> => {
    const acknowledged = pending.publish("a", NOTHING, "self");
    expect(pending.takes("a", NOTHING, "self")).toBe(true);
    await acknowledged;
    return new WeakRef(acknowledged);
  })();
  await collectGarbage();
  expect(trace.deref()).toBeUndefined();
  pending.drop("the test is over");
});

test("a message that comes back while the package is still publishing it is acknowledged", async () => {
  const pending = pendingOf(() => pending.takes("a", NOTHING, "self"));
  await pending.publish("a", NOTHING, "self");
});

test("another's message, and one of an earlier connection, acknowledge nothing", async () => {
  const pending = pendingOf();
  const former = pending.publish("a", NOTHING, "self.1");
  pending.drop("the connection was lost");
  await expect(former).rejects.toThrow("the connection was lost");
  const acknowledged = pending.publish("a", NOTHING, "self.2");
  expect(pending.takes("a", NOTHING, "self.1")).toBe(false);
  expect(pending.takes("b", NOTHING, "self.2")).toBe(false);
  expect(pending.takes("a", new Uint8Array(1), "self.2")).toBe(false);
  expect(pending.takes("a", NOTHING, undefined)).toBe(false);
  expect(pending.takes("a", NOTHING, "self.2")).toBe(true);
  await acknowledged;
});

test("what the server refuses is rejected with the reason, and nothing else is", async () => {
  const pending = pendingOf();
  const [refused, other] = [pending.publish("a", NOTHING, "self"), pending.publish("b", NOTHING, "self")];
  pending.refuse("a", "the server does not let it publish to a");
  await expect(refused).rejects.toMatchObject({
    code: "FAILED",
    message: "Cannot publish to a: the server does not let it publish to a; the message is dropped.",
  });
  pending.takes("b", NOTHING, "self");
  await other;
});

test("whatever waits when the connection ends is rejected with the reason, and what follows is not", async () => {
  const pending = pendingOf();
  const waiting = [pending.publish("a", NOTHING, "self"), pending.publish("a", NOTHING, "self")];
  const settled = pending.settled();
  pending.drop("the connection was lost");
  for (const one of waiting) await expect(one).rejects.toThrow("the connection was lost; the message is dropped");
  await settled;
  const next = pending.publish("a", NOTHING, "self");
  pending.takes("a", NOTHING, "self");
  await expect(next).resolves.toBeUndefined();
});

test("an answer that takes too long is told, once, and does not count when it comes", async () => {
  let late = 0;
  const pending = pendingOf(
    () => undefined,
    1,
    () => (late += 1),
  );
  await expect(pending.publish("a", NOTHING, "self")).rejects.toThrow("it did not come back within 1 ms");
  expect(pending.takes("a", NOTHING, "self")).toBe(false);
  await pending.settled();
  expect(late).toBe(1);
});
