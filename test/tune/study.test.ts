import { describe, expect, test } from "vitest";
import { replay } from "../../bench/tune/replay.ts";
import { study } from "../../bench/tune/study.ts";
import { dice } from "../detectors/support.ts";
import { traceOf } from "./support.ts";

describe("what a trace shows", () => {
  test("given losses alone and in runs, when it is studied, then all are counted, each run by its length", () => {
    const lost = new Set([5, 17, 18, 19, 40, 41]);
    const found = study(traceOf({ slots: 100, isLost: (slot) => lost.has(slot) }));
    expect(found).toMatchObject({ sent: 100, lost: 6, runs: [1, 3, 2], stalls: [], duration: 2_000 });
    expect([...found.heard].filter(Number.isNaN)).toHaveLength(6);
  });

  test("given a sender that stood still, when it is studied, then that is a stall and no loss, and what was due in it is heard at its end", () => {
    const found = study(traceOf({ slots: 100, stalls: [[195, 290]] }));
    expect(found.lost).toBe(0);
    expect(found.runs).toEqual([]);
    // It began after 180, the last heartbeat in time, and ended at 290: 90 overdue, and half an interval.
    expect(found.stalls).toEqual([100]);
    expect([...found.heard.slice(9, 16)].map(Math.round)).toEqual([180, 290, 290, 290, 290, 290, 300]);
    expect(Math.max(...found.delays)).toBeLessThan(0.01);
  });

  test("given losses right before a stall, when it is studied, then the two are told apart by the numbers", () => {
    const found = study(traceOf({ slots: 100, isLost: (slot) => slot === 8 || slot === 9, stalls: [[195, 250]] }));
    expect(found.runs).toEqual([2]);
    expect(found.stalls).toEqual([60]);
    expect([...found.heard.slice(7, 13)].map(Math.round)).toEqual([140, Number.NaN, Number.NaN, 250, 250, 250]);
  });

  test.for([-2e-4, 0, 3e-5, 1e-3])(
    "given clocks whose rates differ by %s, when it is studied, then the delays are what they were",
    (drift) => {
      const random = dice(4);
      const delays = Array.from({ length: 5_000 }, () => 2 - 3 * Math.log(1 - random()));
      const found = study(traceOf({ slots: 5_000, delay: (slot) => delays[slot] ?? 0, drift }));
      expect(found.drift).toBeCloseTo(drift, 6);
      const mean = delays.reduce((sum, one) => sum + one, 0) / delays.length - Math.min(...delays);
      expect(found.delays.reduce((sum, one) => sum + one, 0) / found.delays.length).toBeCloseTo(mean, 1);
    },
  );

  test("given a way that held ten heartbeats up, when it is studied, then that is one hold-up and no delay of ten", () => {
    const found = study(traceOf({ slots: 100, delay: (slot) => (slot >= 50 && slot < 60 ? (60 - slot) * 20 + 1 : 1) }));
    expect(found.holdUps.map(Math.round)).toEqual([210]);
    expect(found.stalls).toEqual([]);
    expect(Math.max(...found.delays)).toBeLessThan(0.01);
    expect(Math.round(found.heard[50] ?? 0)).toBe(1_200);
  });

  test("given one heartbeat that was late by itself, when it is studied, then it is a delay", () => {
    const found = study(traceOf({ slots: 100, delay: (slot) => (slot === 50 ? 19 : 1) }));
    expect(found.holdUps).toEqual([]);
    expect(Math.max(...found.delays)).toBeCloseTo(18, 6);
  });

  test("given a reader that stood still, when it is studied, then what it read then is no delay, and counts as if read in time", () => {
    const found = study(traceOf({ slots: 100, delay: () => 3, lag: (slot) => (slot === 30 ? 15 : 0) }));
    expect(found.readerStalls).toEqual([15]);
    expect(found.delays).toHaveLength(99);
    expect(Math.max(...found.delays)).toBeLessThan(0.01);
    expect(found.heard[30]).toBeCloseTo(600, 6);
  });
});

describe("the trace replayed", () => {
  test("given one gap, when it is replayed at every phase, then each phase counts it where it exceeds the timeout", () => {
    const found = study(traceOf({ slots: 200, isLost: (slot) => slot >= 100 && slot < 110 }));
    // Every heartbeat from 2000 to 2180 is missing: gaps of 240 at an interval of 40, in both phases.
    expect(replay(found, 2, 239)).toMatchObject({ mistakes: 2, phases: 2, exposure: 4_000 });
    expect(replay(found, 2, 240).mistakes).toBe(0);
    expect(replay(found, 2, 240).longestGap).toBeCloseTo(240, 6);
  });

  test("given independent losses, when long traces are replayed, then mistakes come at the rate (1-p) p^K / eta", () => {
    const random = dice(11);
    const found = study(traceOf({ slots: 300_000, isLost: () => random() < 0.1 }));
    const { mistakes, phases, exposure } = replay(found, 5, 250);
    const expected = (0.9 * 0.1 ** 2) / 100;
    // 540 mistakes of each phase: a standard error of 2 % for all of them, because thinned phases share no heartbeat.
    expect(mistakes / (phases * exposure) / expected).toBeGreaterThan(0.92);
    expect(mistakes / (phases * exposure) / expected).toBeLessThan(1.08);
  });

  test("given a stall between two heartbeats of a phase, when it is replayed, then the gap is what the longer interval would have had", () => {
    const found = study(traceOf({ slots: 400, stalls: [[2_005, 2_395]] }));
    // At 100 ms the last one before it left at 2000 down to 1920, by phase; all are heard again at 2395.
    const count = (timeout: number): number => replay(found, 5, timeout).mistakes;
    expect([394, 396, 416, 454, 456, 474, 476].map(count)).toEqual([5, 4, 3, 2, 1, 1, 0]);
  });

  test("given a heartbeat that is overtaken by none but late, when it is replayed, then only its lateness makes the gap", () => {
    const found = study(traceOf({ slots: 100, delay: (slot) => (slot === 50 ? 15 : 1) }));
    expect(replay(found, 1, 33).mistakes).toBe(1);
    expect(replay(found, 1, 35).mistakes).toBe(0);
  });
});
