/**
 * The record of the last term, in a retained message. Whoever has had a term keeps it on record: it writes it again with every
 * connection that finds none or a lower one (the broker forgot it, or somebody deleted it), and whenever it hears such a one (a
 * write of an earlier primary was late, or somebody forged one that nobody believes).
 */

import { makePause } from "./pause.ts";
import { decodeTerm, encodeTerm } from "./notices.ts";
import type { Failure, Outgoing } from "./pending.ts";
import type { Topics } from "./topics.ts";

/** After so many connections in a row that ended with a write under way, the broker does not take them, for so many milliseconds. */
const MOST_BROKEN = 3;
const FORGIVEN = 60_000;

const ANEW = "the last term is not kept, and terms begin anew after a restart of the whole group";

/** Between two writes that nobody asked for, in milliseconds: two who disbelieve one another must not flood the bus. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 10_000;

/** What the keeper of the record needs. */
export interface RecordOptions {
  readonly topics: Topics;
  publish(message: Outgoing, done: (failure?: Failure) => void): void;
  /** Tells what was read. @returns whether it is believed */
  recorded(term: number): boolean;
  /** What was read is no record. */
  dropped(): void;
  /** The record could not be written. */
  failed(why: string): void;
  /** The broker of this connection retains messages, as far as it says. */
  retains(): boolean;
}

export interface TermRecord {
  /** The term that is on record, as far as is known: 0 where there is none, NaN where the broker keeps none. */
  readonly term: number;
  /** Keeps a term on record, from now on. Resolves when it is, or cannot be now; then that is told, and it is tried again. */
  keep(term: number): Promise<void>;
  /** A record was heard. */
  hear(body: Uint8Array): void;
  /** The link is up: what there was has been heard. */
  up(): void;
  /** The link is down: what is on record is not known any more. */
  down(): void;
}

export function makeRecord(options: RecordOptions): TermRecord {
  const { topics, publish, recorded, dropped, failed, retains } = options;
  /** The term that has to be on record; undefined until this instance has had one. */
  let mine: number | undefined;
  let known = 0;
  let isUp = false;
  let writing = false;
  let broken = 0;
  const pause = makePause(FIRST_PAUSE, LONGEST_PAUSE);
  let wroteAt = -Infinity;

  const refuses = (): boolean => broken >= MOST_BROKEN || !retains();

  function write(done?: () => void): void {
    const term = mine ?? 0;
    writing = true;
    wroteAt = performance.now();
    publish({ topic: topics.term, body: encodeTerm(term), retain: true }, (failure) => {
      writing = false;
      if (failure === undefined) {
        known = term;
        broken = 0;
      } else note(failure);
      done?.();
      look();
    });
  }

  function note({ kind, why }: Failure): void {
    if (kind !== "dropped") failed(`the record of the last term could not be written: ${why}`);
    else if ((broken += 1) === MOST_BROKEN)
      failed(`${MOST_BROKEN} connections in a row ended as the record of the last term was written; ${ANEW}`);
  }

  function sayWhetherKept(): void {
    if (!retains() && mine !== undefined) failed(`the broker retains no messages; ${ANEW}`);
  }

  /** Writes it again where that is needed, but not at once for ever. */
  function look(): void {
    if (!isUp || writing || mine === undefined || known >= mine || refuses()) return;
    if (performance.now() - wroteAt > LONGEST_PAUSE) pause.reset();
    pause.then(() => {
      if (isUp && !writing && mine !== undefined && known < mine && !refuses()) write();
    });
  }

  return {
    get term() {
      return refuses() ? NaN : known;
    },
    keep(term) {
      mine = Math.max(mine ?? 0, term);
      if (isUp) sayWhetherKept();
      if (refuses()) return Promise.resolve();
      // Without a link, or behind a write that is under way, it is written as soon as can be.
      if (!isUp || writing || known >= term) return Promise.resolve();
      return new Promise((resolve) => write(resolve));
    },
    hear(body) {
      const term = decodeTerm(body);
      if (term === undefined && body.length > 0) dropped();
      const believed = term !== undefined && recorded(term);
      known = believed ? term : 0;
      if (mine !== undefined) mine = Math.max(mine, known);
      look();
    },
    up() {
      isUp = true;
      // It may be another broker by now, or one that was set up anew.
      if (performance.now() - wroteAt > FORGIVEN) broken = 0;
      sayWhetherKept();
      pause.reset();
      look();
    },
    down() {
      isUp = false;
      known = 0;
      pause.cancel();
    },
  };
}
