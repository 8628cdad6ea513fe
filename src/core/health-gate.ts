/**
 * Health gates the heartbeat: a timer that lives says nothing about the work. It also gates the campaign, so a candidate is asked
 * all along, and a failover does not wait for the answer.
 */

import { abandonAttempt } from "./attempt.ts";
import { askHealth, doubtHealth, healthDueAt, missHealth, takeHealth } from "./health.ts";
import { leaveOffice } from "./office.ts";
import { fail, reason, type Turn } from "./turn.ts";

/** The check has answered. */
export function healthAnswered(turn: Turn, id: number, ok: boolean, message: string): void {
  if (takeHealth(turn, id, ok, message) && !ok) giveWay(turn, message);
}

/** What is due: an answer that does not come, or the next question. */
export function healthTick(turn: Turn): void {
  const { state, now } = turn;
  if (healthDueAt(state) > now) return;
  const { interval } = state.settings;
  if (state.health.asking !== 0) {
    const message = `The health check did not answer within one heartbeatInterval (${interval} ms).`;
    missHealth(turn, message);
    giveWay(turn, message);
    fail(turn, "unhealthy", new Error(`${message} It is asked again when it has settled; let it obey its signal.`));
    return;
  }
  doubtHealth(turn);
  askHealth(turn);
}

/** An unhealthy instance neither campaigns nor stays primary. */
function giveWay(turn: Turn, message: string): void {
  const why = reason("unhealthy", message);
  abandonAttempt(turn, why);
  leaveOffice(turn, why);
}
