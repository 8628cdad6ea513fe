/** The work of a process under chaos: unit after unit into a store that refuses old terms, every reading written down. */

import { once } from "node:events";
import { openSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Promotion, Watcher } from "../../src/index.ts";
import { lookAround } from "../../bench/group/stall.ts";
import type { Work } from "../../bench/group/work.ts";
import type { StoreAnswer, StoreRequest } from "./store.ts";
import type { Witnessed } from "./witnessed.ts";

/** Between two units of work, in milliseconds. */
const PAUSE = 5;

/** The system's monotonic clock in milliseconds, as Node has it: the same in every process, whenever it started. */
function systemNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** @param order the log's file and the store's port, with a space between them */
export function makeWork(order: string): Work {
  const at = order.lastIndexOf(" ");
  const log = openSync(order.slice(0, at), "a");
  const port = Number(order.slice(at + 1));
  let watcher: Watcher | undefined;
  let working: Promise<void> = Promise.resolve();

  /** At once and whole: the next line of this program may be its last. */
  function witness(witnessed: Witnessed): void {
    writeSync(log, `${JSON.stringify(witnessed)}\n`);
  }

  function read(): boolean {
    if (watcher === undefined) return false;
    const { isPrimary, term } = watcher;
    witness({ type: "reads", at: systemNow(), isPrimary, term });
    return isPrimary;
  }

  async function work({ term, signal }: Promotion): Promise<void> {
    const store = await openStore(port);
    try {
      let { head } = await store.ask({ op: "open", term, unit: 0 });
      while (head !== undefined && !signal.aborted && read()) {
        const unit: number = head + 1;
        ({ head } = await store.ask({ op: "put", term, unit }));
        witness({ type: head === undefined ? "refused" : "wrote", at: systemNow(), unit, term });
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    } finally {
      store.close();
    }
  }

  return {
    watch(made) {
      watcher = made;
      let last = read();
      lookAround(() => {
        if (made.isPrimary !== last) last = read();
      });
    },
    promoted(promotion) {
      // It goes on after the promotion: a term's work is its whole time.
      working = work(promotion);
      return Promise.resolve();
    },
    demoted: () => working,
  };
}

async function openStore(port: number): Promise<{ ask(request: StoreRequest): Promise<StoreAnswer>; close(): void }> {
  const socket: Socket = connect({ host: "127.0.0.1", port });
  await once(socket, "connect");
  const lines = createInterface({ input: socket });
  return {
    async ask(request) {
      const answer = once(lines, "line") as Promise<[string]>;
      socket.write(`${JSON.stringify(request)}\n`);
      const [line] = await answer;
      return JSON.parse(line) as StoreAnswer;
    },
    close: () => socket.destroy(),
  };
}
