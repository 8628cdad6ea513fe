/**
 * What a holder does for its file while it holds the lock: sweeps what crashed ones left beside it, touches it as a sign of life, and
 * looks whether it still says what it should. No notice of the file system is relied upon: they get lost.
 */

import { lstatSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Timer } from "../../clock.ts";
import { asError, ElectionError } from "../../errors.ts";
import type { Candidate } from "./candidate.ts";
import { readRecord, writeRecord, type HolderRecord } from "./record.ts";
import type { Tenure } from "./reservation.ts";
import { makeStateFolder } from "./state.ts";

/** As often as heartbeats, within these bounds; others wait three times the longest pause for a sign of life. */
const PAUSE_MIN = 250;
const PAUSE_MAX = 5_000;

/** Nobody rehearses for so long, or prepares so long before the holder sweeps: what is older than the file by as many milliseconds was left by somebody who crashed. */
const REHEARSAL_TIME = 60_000;

const LEFTOVER = /\.(tmp|next|rehearsal|heir|elder)$/;

/**
 * Keeps a holder's file, until the function that is returned is called.
 * @param lost called once where the file names a later holder, with a sentence
 */
export function keepFile(candidate: Candidate, tenure: Tenure, lost: (message: string) => void): () => void {
  const { place, context } = candidate;
  const { file } = place;
  const pause = Math.min(Math.max(context.heartbeatInterval, PAUSE_MIN), PAUSE_MAX);
  let timer: Timer;
  let over = false;
  /** The file as it was when it was last read, and said what it should. */
  let known: string | undefined;
  let told: string | undefined;
  let swept = false;

  function tell(error: Error): void {
    if (told !== error.message) context.error(error);
    told = error.message;
  }

  function look(): void {
    const status = statSync(file, { bigint: true, throwIfNoEntry: false });
    const stamp = status && `${status.dev}:${status.ino}:${status.mtimeNs}`;
    if (stamp === undefined || stamp !== known) {
      known = undefined;
      if (!isOurs(readRecord(file))) return;
    }
    told = undefined;
    const now = context.clock.wall() / 1000;
    utimesSync(file, now, now);
    const { dev, ino, mtimeNs } = statSync(file, { bigint: true });
    known = `${dev}:${ino}:${mtimeNs}`;
  }

  /** Whether the file says what it should; otherwise does what has to be done. */
  function isOurs(found: HolderRecord | undefined): boolean {
    const { record } = tenure;
    if (found?.incarnation === record.incarnation && found.term === record.term) return true;
    if (found !== undefined && (found.term ?? 0) >= (record.term ?? 0)) {
      lost(
        `${file} names ${found.instance_id} (pid ${found.pid}) as the holder of term ${found.term ?? 0} now: the port of the lock did not keep it away`,
      );
      return false;
    }
    makeStateFolder(file);
    writeRecord(file, record, true);
    const what = found === undefined ? "was removed" : `was replaced by one of term ${found.term ?? 0}`;
    tell(new ElectionError("FAILED", `${file} ${what} while its holder lives; it was written again`));
    return false;
  }

  function turn(): void {
    try {
      look();
      if (!swept && !over) sweep(file, tenure.record);
      swept = true;
    } catch (error) {
      tell(asError(error));
    }
    if (!over) timer = context.clock.setTimer(turn, pause);
  }

  timer = context.clock.setTimer(turn, pause);
  return () => {
    over = true;
    timer.cancel();
  };
}

/** Only the holder of the lock writes, and there is one: what others have begun was left by somebody who crashed. */
function sweep(file: string, { incarnation }: HolderRecord): void {
  const beginning = `${basename(file)}.`;
  const own = `${beginning}${encodeURIComponent(incarnation)}.`;
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(beginning) || name.startsWith(own) || !LEFTOVER.test(name)) continue;
    const path = join(folder, name);
    // Who has just been started rehearses now; and who has just heard of this holder prepares to succeed it.
    if (/\.(rehearsal|heir|elder)/.test(name) && age(path, file) < REHEARSAL_TIME) continue;
    try {
      rmSync(path);
    } catch {
      // In a sticky folder it is its owner's alone, who sweeps it when it is holder; or it is gone.
    }
  }
}

/** By how many milliseconds a file is older than another. */
function age(path: string, than: string): number {
  const [one, other] = [path, than].map((each) => lstatSync(each, { throwIfNoEntry: false })?.mtimeMs);
  return one === undefined || other === undefined ? 0 : other - one;
}
