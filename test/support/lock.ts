/** An outside election in memory: an exclusive lock without a deadline, as a program may write one. */

import type { CampaignRequest, Election, ElectionContext, Holder } from "../../src/election.ts";

/** What all that campaign for one lock share. */
export interface LockStore {
  holder?: Holder | undefined;
  term: number;
}

/** An election of one watcher over a store. @param over methods that behave otherwise, as plain JavaScript may */
export function lockElection(store: LockStore, over: object = {}): Election {
  let context: ElectionContext | undefined;
  return {
    name: "test-lock",
    traits: { exclusive: true, durable: true, deadline: false },
    open(opened: ElectionContext) {
      context = opened;
      return Promise.resolve();
    },
    campaign({ highestTerm }: CampaignRequest) {
      if (store.holder !== undefined)
        return Promise.resolve({ won: false, message: `${store.holder.instanceId} holds it.`, holder: store.holder });
      store.term = Math.max(store.term, highestTerm) + 1;
      const { instanceId = "", incarnation = "" } = context ?? {};
      const mine = { instanceId, incarnation, term: store.term };
      store.holder = mine;
      const resign = (): Promise<void> => {
        if (store.holder === mine) store.holder = undefined;
        return Promise.resolve();
      };
      return Promise.resolve({ won: true, mandate: { term: store.term, resign } });
    },
    ...over,
  };
}
