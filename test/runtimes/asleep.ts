/**
 * What the runtime's own clock says of suspensions: for how long the machine was suspended when nothing happened, when the wall
 * clock was set, and when the monotonic clock stood still. (No test can suspend its machine; here the clock alone stands still.)
 */

import process from "node:process";
import { systemClock } from "../../src/clock.ts";

/** For how long the monotonic clock stands still, in milliseconds. */
const PAUSE = 300;

const monotonic = performance.now.bind(performance);
const today = Date.now.bind(Date);
const measure = async (happen: () => Promise<void> | void): Promise<number | null> => {
  const before = systemClock.suspended?.();
  await happen();
  const after = systemClock.suspended?.();
  return before === undefined || after === undefined ? null : after - before;
};

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE));
const nothing = await measure(pause);
const set = await measure(() => {
  Date.now = () => today() + 5_000;
});
let stoodFor = 0;
const suspended = await measure(async () => {
  const from = monotonic();
  await pause();
  stoodFor = monotonic() - from;
  performance.now = () => monotonic() - stoodFor;
});
process.stdout.write(JSON.stringify({ nothing, set, suspended, stoodFor }));
