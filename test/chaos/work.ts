/** The work of a process under chaos: unit after unit into a store that refuses old terms, every reading written down. */

import { once } from "node:events";
import { openSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import * as v from "valibot";
import type { Promotion, Watcher } from "../../src/index.ts";
import { lookAround } from "../../bench/group/stall.ts";
import type { Work } from "../../bench/group/work.ts";
import type { StoreAnswer, StoreRequest } from "./store.ts";
import { NEW_LIFE, systemNow, type Reading, type Witnessed } from "./witnessed.ts";

/** Between two units of work, in milliseconds. */
const PAUSE = 5;

/** What is told as standing still, in milliseconds. */
const STILL = 50;

/** What a process is told. */
export interface Order {
  /** The file that it appends to. */
  readonly log: string;
  /** The store's socket. */
  readonly store: string;
}

const OrderSchema: v.GenericSchema<unknown, Order> = v.object({ log: v.string(), store: v.string() });

/** @param order an {@linkcode Order} as JSON */
export function makeWork(order: string): Work {
  const { log: file, store: path } = v.parse(v.pipe(v.string(), v.parseJson(), OrderSchema), order);
  const log = openSync(file, "a");
  writeSync(log, NEW_LIFE);
  let watcher: Watcher | undefined;
  let working: Promise<void> = Promise.resolve();

  /** At once and whole: the next line of this program may be its last. */
  function witness(witnessed: Witnessed): void {
    writeSync(log, `${JSON.stringify(witnessed)}\n`);
  }

  /** The time is taken first: a program that is stopped between two lines must not date what it read to when it woke. */
  function look(): Reading {
    const at = systemNow();
    return { type: "reads", at, isPrimary: watcher?.isPrimary ?? false, term: watcher?.term ?? 0 };
  }

  function read(): boolean {
    const reading = look();
    witness(reading);
    return reading.isPrimary;
  }

  async function work({ term, signal }: Promotion): Promise<void> {
    const store = await openStore(path);
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
      let last = look();
      witness({ type: "began", at: last.at });
      witness(last);
      lookAround((since) => {
        if (since > STILL) witness({ type: "stood", at: systemNow(), milliseconds: since });
        const now = look();
        if (now.isPrimary !== last.isPrimary) {
          // So it was until the look before this one.
          if (last.isPrimary) witness(last);
          witness(now);
        }
        last = now;
      });
    },
    promoted(promotion) {
      witness({ type: "promoted", at: systemNow() });
      // It goes on after the promotion: a term's work is its whole time.
      working = work(promotion);
      return Promise.resolve();
    },
    async demoted() {
      await working;
      witness({ type: "demoted", at: systemNow() });
    },
  };
}

async function openStore(path: string): Promise<{ ask(request: StoreRequest): Promise<StoreAnswer>; close(): void }> {
  const socket: Socket = connect({ path });
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
