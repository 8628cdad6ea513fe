import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { Suspensions } from "../../src/suspension.ts";
import { FakeClock } from "../support/fake-clock.ts";

const MEMORY = 1_000;

function watch(clock: Clock): Suspensions {
  const suspensions = new Suspensions(clock, MEMORY);
  suspensions.begin();
  return suspensions;
}

/** What is noticed after something has happened. */
function noticed(suspensions: Suspensions): { duration: number; certain: boolean } {
  suspensions.look();
  const { duration, message } = suspensions.tell();
  return { duration, certain: message.startsWith("The machine was suspended for") };
}

/** The same clock, but whatever it says of suspensions is what a test wants it to. */
function saying(clock: FakeClock, suspended: () => number | undefined): Clock {
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    suspended,
    setTimer: (callback, delay) => clock.setTimer(callback, delay),
  };
}

describe("what is noticed of a suspension", () => {
  test("its duration, once, and by moments before it only", () => {
    const clock = new FakeClock();
    const suspensions = watch(clock);
    clock.stall(100);
    clock.suspend(700);
    clock.stall(1);
    expect(suspensions.look()).toBe(101);
    expect(suspensions.untold).toBe(700);
    expect(suspensions.tell()).toEqual({
      duration: 700,
      message: "The machine was suspended for 700 ms, past the mandate's deadline.",
    });
    expect(suspensions.untold).toBe(0);
    expect(suspensions.since(100)).toBe(700);
    expect(suspensions.since(101)).toBe(0);
  });

  test("several of them add up, and are forgotten when no proof can be as old", () => {
    const clock = new FakeClock();
    const suspensions = watch(clock);
    for (let count = 0; count < 3; count += 1) {
      clock.suspend(50);
      clock.stall(400);
      suspensions.look();
    }
    expect(suspensions.since(0)).toBe(150);
    expect(suspensions.since(400)).toBe(100);
    clock.stall(MEMORY);
    clock.suspend(50);
    suspensions.look();
    expect(suspensions.since(0)).toBe(50);
  });

  test("the source is asked when the wall clock has jumped, and never otherwise", () => {
    const clock = new FakeClock();
    let asked = 0;
    const suspensions = watch(saying(clock, () => (asked += 1) * 0));
    expect(asked).toBe(1);
    for (let count = 0; count < 1_000; count += 1) {
      clock.stall(1);
      clock.stepWall(count % 2 === 0 ? 0.9 : -0.9);
      suspensions.look();
    }
    expect(asked).toBe(1);
    clock.stepWall(60);
    for (let count = 0; count < 1_000; count += 1) suspensions.look();
    expect(asked).toBe(2);
  });

  test("a source that is right to 12 ms lets no trust last longer, and takes no step for a suspension", () => {
    for (const error of [-11, 11]) {
      const clock = new FakeClock();
      let wrong = 0;
      const suspensions = watch(saying(clock, () => (clock.suspended() ?? 0) + wrong));
      wrong = error;
      clock.stepWall(5_000);
      expect(noticed(suspensions).duration).toBe(0);
      clock.suspend(1_000);
      wrong = 0;
      expect(noticed(suspensions)).toEqual({ duration: 1_000, certain: true });
      wrong = error;
      clock.suspend(1_000);
      clock.stepWall(-4_000);
      const { duration } = noticed(suspensions);
      expect(duration).toBeGreaterThanOrEqual(1_000);
      expect(duration).toBeLessThanOrEqual(1_024);
    }
  });

  test("a source that runs backwards is not asked again: the wall clock stands in", () => {
    const clock = new FakeClock();
    let total = 1_000;
    const suspensions = watch(saying(clock, () => total));
    total = 0;
    clock.stepWall(300);
    expect(noticed(suspensions)).toEqual({ duration: 300, certain: false });
    total = 1_000;
    clock.stepWall(300);
    expect(noticed(suspensions)).toEqual({ duration: 300, certain: false });
  });

  test("a source that is silent once is asked again", () => {
    const clock = new FakeClock();
    let silent = false;
    const suspensions = watch(saying(clock, () => (silent ? undefined : clock.suspended())));
    silent = true;
    clock.stepWall(300);
    expect(noticed(suspensions)).toEqual({ duration: 300, certain: false });
    silent = false;
    clock.stepWall(300);
    expect(noticed(suspensions).duration).toBe(0);
  });

  test("a jump as small as what the source may be wrong by counts, and may be either", () => {
    const clock = new FakeClock();
    const suspensions = watch(clock);
    clock.stepWall(8);
    expect(noticed(suspensions)).toEqual({ duration: 8, certain: false });
    clock.suspend(10);
    expect(noticed(suspensions)).toEqual({ duration: 10, certain: false });
  });

  test("a program that was held up between two clocks has not been suspended", () => {
    const clock = new FakeClock();
    clock.tellsSuspension = false;
    /** By what, before the wall clock is read and after it: first of every look, then of the readings that check it. */
    let heldUp: [number, number][] = [];
    const slow: Clock = {
      now: () => clock.now(),
      wall() {
        const [before, after] = heldUp.shift() ?? [0, 0];
        clock.stall(before);
        const wall = clock.wall();
        clock.stall(after);
        return wall;
      },
      setTimer: (callback, delay) => clock.setTimer(callback, delay),
    };
    const suspensions = watch(slow);
    for (let count = 0; count < 10; count += 1) {
      heldUp = [
        [60, 0],
        [0, 40],
        [0, 3],
        [0, 40],
      ];
      expect(noticed(suspensions).duration).toBe(0);
      heldUp = [];
      clock.stall(100);
      expect(noticed(suspensions).duration).toBe(0);
    }
  });

  test("a wall clock that is slewed by 500 millionths for a day costs no proof more than a few milliseconds", () => {
    const clock = new FakeClock();
    clock.tellsSuspension = false;
    const suspensions = watch(clock);
    let most = 0;
    for (let elapsed = 0; elapsed < 86_400_000; elapsed += 500) {
      clock.stall(500);
      clock.stepWall(0.25);
      suspensions.look();
      most = Math.max(most, suspensions.since(clock.now() - 1_000));
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(6);
  });
});
