import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/core/effect.ts";
import type { Input } from "../../src/core/input.ts";
import type { State } from "../../src/core/state.ts";
import { Engine } from "../../src/engine.ts";
import { appointed, instance, INTERVAL } from "../core/support.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** An engine over a state, what it did, and what it reported. */
function engineOf(state: State, perform: (effect: Effect) => void = () => undefined, clock = new FakeClock()) {
  const [effects, errors]: [Effect[], string[]] = [[], []];
  const act = (effect: Effect): void => {
    effects.push(effect);
    perform(effect);
  };
  const engine = new Engine(state, clock, act, ({ message }) => void errors.push(message));
  return { engine, clock, effects, errors };
}

/** What no step can take, as an adapter in plain JavaScript may bring it. */
const NONSENSE = { type: "greeted", holder: undefined } as never as Input;

describe("an engine goes on, whatever is thrown", () => {
  test("given an effect that throws, then the other effects of its step are done, it is reported, and the timer is set", async () => {
    const { engine, clock, effects, errors } = engineOf(appointed().state, ({ type }) => {
      if (type === "send") throw new Error("no such effect");
    });
    engine.feed({ type: "tick" });
    await clock.advance(5 * INTERVAL);
    expect(effects.filter(({ type }) => type === "send").length).toBeGreaterThan(2);
    expect(errors[0]).toBe("The protocol could not do send: no such effect");
    expect(clock.timers).toBe(1);
    engine.feed({ type: "step-down", id: 1, successor: undefined });
    expect(effects.map(({ type }) => type)).toContain("demote");
  });

  test("given an input that the protocol cannot take, then it is reported, and the inputs behind it are taken", async () => {
    const { engine, clock, errors, effects } = engineOf(instance({}, { enabled: false }).state, ({ type }) => {
      // Brought while the queue is being worked off.
      if (type === "checked") for (const input of [NONSENSE, NONSENSE]) engine.feed(input);
    });
    engine.feed({ type: "check", id: 1 });
    await clock.advance(INTERVAL);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatch(/^The protocol could not take the input greeted: /);
    engine.feed({ type: "check", id: 2 });
    await clock.advance(INTERVAL);
    expect(effects.filter(({ type }) => type === "checked")).toHaveLength(2);
    expect(clock.timers).toBe(1);
  });

  test("given an input that the protocol cannot take, then a primary stays one", async () => {
    const { engine, clock, errors } = engineOf(appointed().state);
    engine.feed(NONSENSE);
    await clock.advance(5 * INTERVAL);
    expect(errors).toHaveLength(1);
    expect(engine.isPrimary).toBe(true);
  });

  test("given a tick that throws, then a primary steps down in order, and its timer is set", async () => {
    const clock = new FakeClock();
    const { engine, effects, errors } = engineOf(appointed().state, undefined, clock);
    engine.feed({ type: "tick" });
    expect(engine.isPrimary).toBe(true);
    const now = clock.now.bind(clock);
    let failures = 1;
    clock.now = () => {
      if (failures-- > 0) throw new Error("no time");
      return now();
    };
    engine.feed({ type: "tick" });
    expect(errors).toEqual(["The protocol could not take the input tick: no time"]);
    expect(engine.isPrimary).toBe(false);
    expect(effects.map(({ type }) => type)).toContain("demote");
    expect(clock.timers).toBe(1);
    effects.length = 0;
    await clock.advance(2 * INTERVAL);
    expect(effects.some((effect) => effect.type === "send" && effect.message.kind === "heartbeat")).toBe(true);
  });

  test("given a protocol that can do nothing any more, then it is tried once an interval, not without pause", async () => {
    const clock = new FakeClock();
    const setTimer = clock.setTimer.bind(clock);
    const delays: number[] = [];
    clock.setTimer = (callback, delay) => {
      delays.push(delay);
      return setTimer(callback, delay);
    };
    const { engine, errors } = engineOf({ ...appointed().state, checks: undefined as never }, undefined, clock);
    // A heartbeat is due.
    clock.stall(INTERVAL);
    engine.feed({ type: "tick" });
    expect(delays).toEqual([INTERVAL]);
    await clock.advance(10 * INTERVAL);
    expect(clock.timers).toBe(1);
    const ticks = errors.filter((message) => message.includes("input tick"));
    expect(ticks.length).toBeGreaterThan(5);
    expect(ticks.length).toBeLessThanOrEqual(11);
  });

  test("given a clock that once cannot set a timer, then that is reported, and the next input sets it", () => {
    const clock = new FakeClock();
    const { engine, errors } = engineOf(appointed().state, undefined, clock);
    const setTimer = clock.setTimer.bind(clock);
    clock.setTimer = () => {
      throw new Error("no timers left");
    };
    engine.feed({ type: "tick" });
    expect(errors).toEqual(["The protocol could not set its timer: no timers left"]);
    clock.setTimer = setTimer;
    engine.feed({ type: "audience" });
    expect(clock.timers).toBe(1);
  });
});
