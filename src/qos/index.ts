/**
 * `failover-watcher/qos`: what an interval and a timeout buy, as arithmetic. How soon a crash is noticed, how often a live
 * primary is given up by mistake, and which settings keep which promise. Pure functions, durations in milliseconds, rates per
 * millisecond. A wish that cannot be granted is an answer; only nonsense (a negative interval, a NaN) throws, a `RangeError`.
 *
 * After Wei Chen, Sam Toueg and Marcos K. Aguilera, "On the Quality of Service of Failure Detectors", IEEE Transactions on
 * Computers 51(5), 2002; what goes beyond is derived where it stands, and all of it is checked by simulation.
 *
 * @example
 *     import { detectionTime, lognormal } from "failover-watcher/qos";
 *     const time = detectionTime({ interval: 500, timeout: 2_750, loss: 0.01, delay: lognormal(1, 0.5) });
 *     time.mean;            // 2 496 ms
 *     time.quantile(0.99);  // 2 746 ms
 *
 * @module
 */

export { constant } from "./delay/constant.ts";
export type { Delay, Distribution } from "./delay/distribution.ts";
export { empirical } from "./delay/empirical.ts";
export { exponential } from "./delay/exponential.ts";
export { lognormal } from "./delay/lognormal.ts";
export { mixture, type Part, withPauses } from "./delay/mixture.ts";
export { uniform } from "./delay/uniform.ts";
export type { Heartbeats } from "./heartbeats.ts";
export { type DetectionSetting, detectionTime, worstDetection } from "./simple/detection-time.ts";
export type { SimpleSetting } from "./simple/setting.ts";
