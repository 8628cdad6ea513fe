/** The questions whether somebody holds the lock now, and whether nobody does. */

import type { ElectionContext, Holder } from "../../election.ts";
import { connect, isRefused } from "./connection.ts";
import { strangenessOf } from "./greeting.ts";
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
        const ours = line.type === "greeting" && strangenessOf(place, line) === undefined;
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

/**
 * Whether the kernel refuses connections to the lock, and to where the transport says that a primary publishes and answers: a Go
 * primary holds no lock of ours, but it listens there.
 */
export async function isVacant({ port }: Place, { ports }: Pick<ElectionContext, "ports">): Promise<boolean> {
  const listened = ports === undefined ? [port] : [port, ports.pub, ports.rpc];
  const refused = await Promise.all(listened.map(isRefused));
  return refused.every(Boolean);
}
