/** Faults of a bus that is there, and refuses or forgets. */

import type { Fault } from "./faults.ts";
import type { Guard } from "./guard.ts";

/** The broker reads another configuration while everybody is connected. */
function refusing(name: string, refuse: (guard: Guard) => void): Fault {
  return {
    name,
    applies: ({ guard }) => guard !== undefined,
    paralyses: true,
    strike({ guard }) {
      if (guard !== undefined) refuse(guard);
      const undo = (): Promise<void> => {
        guard?.allow();
        return Promise.resolve();
      };
      return Promise.resolve({ undo });
    },
  };
}

const forgetting: Fault = {
  name: "record deleted",
  applies: ({ erase }) => erase !== undefined,
  paralyses: false,
  async strike({ erase }) {
    await erase?.();
    return { undo: () => Promise.resolve() };
  },
};

export const REFUSALS: readonly Fault[] = [
  refusing("publishing refused", (guard) => guard.mute()),
  refusing("subscribing refused", (guard) => guard.deafen()),
  refusing("password changed", (guard) => guard.lockOut()),
  forgetting,
];
