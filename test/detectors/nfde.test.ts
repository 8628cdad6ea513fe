import { describe, expect, test } from "vitest";
import { nfde } from "../../src/detectors/nfde.ts";
import { arrival, dice, hearing, INTERVAL, TIMEOUT } from "./support.ts";

const beat = (slot: number, delay: number, said: Parameters<typeof arrival>[0] = {}): ReturnType<typeof arrival> =>
  arrival({ at: slot * INTERVAL + delay, slot, ...said });

describe("NFD-E", () => {
  test("given a constant delay, when slot s was heard, then it waits until sigma(s+1) + D + margin", () => {
    const { due } = hearing(
      nfde({ margin: 60 }),
      [0, 1, 2, 5].map((slot) => beat(slot, 7)),
    );
    expect(due).toBeCloseTo(6 * INTERVAL + 7 + 60, 9);
  });

  test("given delays that vary, when the window is full, then the expected arrival is their mean over the window", () => {
    const delays = [50, 10, 20, 30];
    const { due } = hearing(
      nfde({ margin: 60, window: 3 }),
      delays.map((delay, slot) => beat(slot, delay)),
    );
    expect(due).toBeCloseTo(4 * INTERVAL + 20 + 60, 9);
  });

  test("given no margin, when it is asked, then it waits as long as fixed() would on average: eta + margin is the timeout", () => {
    expect(hearing(nfde(), [beat(0, 5), beat(1, 5)]).due).toBeCloseTo(INTERVAL + 5 + TIMEOUT, 9);
  });

  test("given one heartbeat that was long on its way, when it arrives, then the deadline hardly moves", () => {
    const quiet = Array.from({ length: 32 }, (_, slot) => beat(slot, 1));
    const { due } = hearing(nfde({ margin: 60 }), [...quiet, beat(32, 81)]);
    expect(due).toBeCloseTo(33 * INTERVAL + 1 + 80 / 32 + 60, 9);
  });

  test("given a primary that stalled and skipped slots, when it goes on, then what is expected has not shifted", () => {
    const before = [0, 1, 2].map((slot) => beat(slot, 1));
    const late = beat(7, 51, { lateness: 50 });
    expect(hearing(nfde({ margin: 60 }), [...before, late]).due).toBeCloseTo(8 * INTERVAL + 1 + 60, 9);
  });

  test("given heartbeats that were read when this program had stood still, when they are observed, then nothing is learnt from them", () => {
    const detector = nfde({ margin: 60 });
    const known = hearing(detector, [beat(0, 1), beat(1, 1)]).state;
    const after = detector.observe(known, beat(2, 90, { stalled: true }));
    expect(after.origins).toEqual(known.origins);
    expect(detector.deadline(after, beat(2, 90))).toBeCloseTo(3 * INTERVAL + 1 + 60, 9);
  });

  test("given an answer out of turn in a slot that was heard, when it is observed, then nothing is learnt from it", () => {
    const detector = nfde();
    const known = hearing(detector, [beat(0, 1), beat(1, 1)]).state;
    expect(detector.observe(known, beat(1, 61, { lateness: 60 }))).toEqual(known);
  });

  test("given a primary that sends no slots, when it is watched, then as by fixed()", () => {
    expect(hearing(nfde({ margin: 1 }), [arrival({ at: 40 }), arrival({ at: 140 })]).due).toBe(140 + TIMEOUT);
  });

  test("given 5 % loss and exponential delays of 20 ms, when 200 000 heartbeats are watched, then mistakes come as NFD-U's closed form says", () => {
    const [loss, meanDelay, margin, beats] = [0.05, 20, 60, 200_000];
    const random = dice(7);
    const received: { at: number; slot: number }[] = [];
    for (let slot = 0; slot < beats; slot += 1)
      if (random() >= loss) received.push({ slot, at: slot * INTERVAL - Math.log(1 - random()) * meanDelay });
    received.sort((a, b) => a.at - b.at);
    const detector = nfde({ margin });
    let state = detector.initial;
    let due = Infinity;
    let mistakes = 0;
    for (const { at, slot } of received) {
      const heard = arrival({ at, slot });
      const next = detector.observe(state, heard);
      if (next !== state && at > due) mistakes += 1;
      if (next !== state) due = detector.deadline(next, heard);
      state = next;
    }
    // Chen et al., NFD-S with delta = E(D) + margin (section 6): lambda = q0 u(0) / eta.
    const late = (delay: number): number => (delay <= 0 ? 1 : Math.exp(-delay / meanDelay));
    const delta = meanDelay + margin;
    const p = (j: number): number => loss + (1 - loss) * late(delta - j * INTERVAL);
    const rate = ((1 - loss) * (1 - late(delta + INTERVAL)) * p(0) * p(1)) / INTERVAL;
    expect(rate).toBeCloseTo(6.402e-4, 6);
    const observed = mistakes / (beats * INTERVAL);
    // Not knowing E(D) costs under 1 % at a window of 32; four standard errors of the count are 3.6 %.
    expect(observed / rate).toBeGreaterThan(0.97);
    expect(observed / rate).toBeLessThan(1.046);
  });

  test.for([
    {
      options: { margin: 0 },
      sentence: "Cannot make an NFD-E detector: option margin is 0; it must be a number of milliseconds above 0.",
    },
    {
      options: { window: 0 },
      sentence: "Cannot make an NFD-E detector: option window is 0; it must be a whole number from 1 to 1000.",
    },
    {
      options: { alpha: 60 },
      sentence: "Cannot make an NFD-E detector: there is no option alpha; the options are margin, window.",
    },
  ])("given $options, when it is made, then it is refused in a sentence", ({ options, sentence }) => {
    expect(() => nfde(options)).toThrow(sentence);
  });
});
