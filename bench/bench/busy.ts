/** A program that wants a whole processor, and ends with the one that started it. */

import process from "node:process";

/** How long it computes before it looks whether its parent is still there, in milliseconds. */
const SLICE = 20;

process.once("disconnect", () => process.exit(0));
process.send?.("busy");

function compute(): void {
  const until = performance.now() + SLICE;
  while (performance.now() < until);
  setImmediate(compute);
}
compute();
