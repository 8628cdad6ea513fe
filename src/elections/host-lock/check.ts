/** The question whether somebody holds the lock now. */

import type { Holder } from "../../election.ts";
import { connect } from "./connection.ts";
import type { Place } from "./place.ts";
import { holderOf } from "./record.ts";

/** Connects, and resolves with the holder that greets; undefined where nobody does, or the signal aborts. */
export function askHolder(place: Place, signal: AbortSignal): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined);
      return;
    }
    const connection = connect(place.port, {
      line(line) {
        const ours = line.type === "greeting" && line.path === place.path && line.holder.group === place.group;
        answer(ours ? holderOf(line.holder, place) : undefined);
      },
      ended: () => answer(undefined),
    });
    const giveUp = (): void => answer(undefined);
    signal.addEventListener("abort", giveUp);

    function answer(holder: Holder | undefined): void {
      signal.removeEventListener("abort", giveUp);
      connection.drop();
      resolve(holder);
    }
  });
}
