/** The simple detector: a timer, restarted by every heartbeat. */

import type { Detector } from "../detector.ts";

/**
 * The simple detector with a fixed timeout (Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors",
 * IEEE ToC 51(5), 2002, their "common" algorithm): silence of `heartbeatTimeout` since the last fresh heartbeat.
 * A crash is then noticed after `timeout - U * interval + delay`, U uniform in 0..1.
 *
 * The right choice nearly always: at delays of milliseconds it makes as few mistakes as {@linkcode nfde} at equal detection
 * time, it cannot learn a wrong lesson, and its detection time is one number that can be reasoned about.
 */
export function fixed(): Detector<null> {
  return {
    name: "fixed",
    initial: null,
    observe: () => null,
    deadline: (_state, arrival) => arrival.at + arrival.timeout,
  };
}
