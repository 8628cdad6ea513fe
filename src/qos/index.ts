/**
 * `failover-watcher/qos`: what an interval and a timeout buy, as arithmetic. How soon a crash is noticed, how often a live
 * primary is given up by mistake, and which settings keep which promise. Pure functions, durations in milliseconds, rates per
 * millisecond. A wish that cannot be granted is an answer; only nonsense (a negative interval, a NaN) throws, a `RangeError`.
 *
 * After Wei Chen, Sam Toueg and Marcos K. Aguilera, "On the Quality of Service of Failure Detectors", IEEE Transactions on
 * Computers 51(5), 2002; what goes beyond is derived where it stands, and all of it is checked by simulation.
 *
 * @example
 * ```ts
 * import { configureSimple, detectionTime, falseFailoversPerYear, lognormal, YEAR } from "failover-watcher/qos";
 *
 * const bus = { loss: 0.01, delay: lognormal(1, 0.5) };
 * const settings = { interval: 500, timeout: 2_750, ...bus };
 * console.log(detectionTime(settings).mean); // 2 496 ms from a crash to its being noticed
 * console.log(falseFailoversPerYear(settings).total); // 0.0062
 *
 * const found = configureSimple({ detection: 2_000, recurrence: YEAR }, bus);
 * console.log(found.achievable ? found : found.reason); // interval 443, timeout 1 997
 * ```
 *
 * @module
 */

export { type NfdSBoundSetting, type MistakeBounds, nfdSBounds } from "./bounds/nfd-s.ts";
export { type SimpleBoundSetting, simpleRateBound } from "./bounds/simple.ts";
export type { Moments } from "./bounds/tail.ts";
export { cdfBand, samplesForCdf } from "./confidence/distribution.ts";
export { type MissIndependence, missIndependence } from "./confidence/independence.ts";
export { proportionLowerLimit, proportionUpperLimit, trialsToExclude } from "./confidence/proportion.ts";
export { rateLowerLimit, rateUpperLimit } from "./confidence/rate.ts";
export { configureNfdSFromMoments, configureNfdU, type NfdUConfiguration } from "./configure/moments.ts";
export { configureNfdS, type NfdSConfiguration } from "./configure/nfd-s.ts";
export type { Requirement, Unachievable } from "./configure/requirement.ts";
export { configureSimple, type SimpleConditions, type SimpleConfiguration } from "./configure/simple.ts";
export { type Costs, lostShare } from "./cost.ts";
export { constant } from "./delay/constant.ts";
export type { Delay, Distribution } from "./delay/distribution.ts";
export { empirical } from "./delay/empirical.ts";
export { exponential } from "./delay/exponential.ts";
export { lognormal } from "./delay/lognormal.ts";
export { mixture, type Part, withPauses } from "./delay/mixture.ts";
export { uniform } from "./delay/uniform.ts";
export { type NfdEMistakes, nfdEMistakes, type NfdESetting } from "./freshness/nfd-e.ts";
export { nfdSDetectionTime, nfdSMistakes, type NfdSSetting } from "./freshness/nfd-s.ts";
export { nfdUDetectionTime, nfdUMistakes, type NfdUSetting } from "./freshness/nfd-u.ts";
export type { Heartbeats } from "./heartbeats.ts";
export { type Mistakes, perYear, YEAR } from "./mistakes.ts";
export { type RankSetting, type RankSkew, rankSkew } from "./ranks.ts";
export { burstyMistakes, type BurstySetting, independentBurst } from "./simple/bursts.ts";
export { type DetectionSetting, detectionTime, worstDetection } from "./simple/detection-time.ts";
export { type KnifeEdge, knifeEdge } from "./simple/edge.ts";
export {
  type FalseFailovers,
  falseFailovers,
  falseFailoversPerYear,
  type LiveSetting,
} from "./simple/false-failovers.ts";
export { type RestartRule, simpleMistakes } from "./simple/mistakes.ts";
export type { SimpleSetting } from "./simple/setting.ts";
export { type Channel, inBursts, independently, type Roll, withStalls } from "./simulation/channel.ts";
export { nfdE, nfdS, simpleAny, simpleNewest, type SimulatedDetector } from "./simulation/detectors.ts";
export {
  type Estimate,
  seeded,
  type Simulated,
  simulateMistakes,
  type SimulationLength,
} from "./simulation/simulate.ts";
export { type StallMistakes, stallMistakes, type Stalls } from "./stalls.ts";
