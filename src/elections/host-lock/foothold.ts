/**
 * The lock, bound as a proof: whoever can bind it knows that nobody holds it, in a tenth of the time that a refused connection takes to
 * say so. The campaign that follows has it already.
 */

import type { ElectionContext } from "../../election.ts";
import type { Listener } from "./listener.ts";
import type { Place } from "./place.ts";
import type { HolderRecord } from "./record.ts";
import { seize } from "./seizure.ts";

export interface Foothold {
  /**
   * Binds the lock, and hands it to whoever takes it while `told` runs.
   * @param told called with whether nobody held it; false also where the system would not say
   */
  probe(told: (free: boolean) => void): Promise<void>;
  /** What was bound; undefined where nothing is. Whoever takes it has to leave it. */
  take(): Listener | undefined;
}

/** @param record what whoever connects meanwhile is told: somebody who has no term yet, and may go again */
export function makeFoothold(place: Place, record: HolderRecord, context: ElectionContext): Foothold {
  let bound: Listener | undefined;

  function take(): Listener | undefined {
    const taken = bound;
    bound = undefined;
    return taken;
  }

  return {
    async probe(told) {
      try {
        const seized = await seize(place, record, context);
        bound = typeof seized === "object" ? seized : undefined;
      } catch {
        // The question that follows, or the campaign, says what the system has against it.
        bound = undefined;
      }
      told(bound !== undefined);
      await take()?.vanish();
    },
    take,
  };
}
