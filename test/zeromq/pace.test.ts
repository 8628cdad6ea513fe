import { expect, test } from "vitest";
import { makePace } from "../../transports/zeromq/pace.ts";

/** A pace of 1 000 words a second, 100 at once, and a clock that is set by hand. */
function pace() {
  const clock = { now: 0 };
  return { clock, ...makePace(1_000, 100, () => clock.now) };
}

test("who says little is always read", () => {
  const { clock, join } = pace();
  const speaker = join();
  for (let second = 0; second < 100; second += 1) {
    clock.now = second * 1_000;
    expect(speaker.spoke(100)).toBe(0);
  }
});

test("who says too much is read again when its words have had their time", () => {
  const { clock, join } = pace();
  const speaker = join();
  expect(speaker.spoke(600)).toBe(500);
  clock.now = 500;
  expect(speaker.spoke(50)).toBe(50);
  clock.now = 650;
  expect(speaker.spoke(100)).toBe(0);
});

test("many who say too much have together what one of them has alone", () => {
  const { clock, join } = pace();
  const crowd = Array.from({ length: 50 }, join);
  for (const speaker of crowd) speaker.spoke(100);
  let words = 0;
  const dueAt = new Map(crowd.map((speaker) => [speaker, 0]));
  for (clock.now = 0; clock.now < 100_000; clock.now += 10)
    for (const [speaker, at] of dueAt)
      if (clock.now >= at) {
        words += 20;
        dueAt.set(speaker, clock.now + speaker.spoke(20));
      }
  expect(words / 100).toBeGreaterThan(900);
  expect(words / 100).toBeLessThan(1_100);
});

test("who says little is read among many who say too much, and who leaves is forgotten", () => {
  const { join } = pace();
  const crowd = Array.from({ length: 50 }, join);
  for (const speaker of crowd) speaker.spoke(10_000);
  expect(join().spoke(100)).toBe(0);
  for (const speaker of crowd) speaker.leave();
  expect(join().spoke(600)).toBe(500);
});
