/** The addresses of names, asked for anew whenever somebody connects, and remembered for when nobody answers. */

import { unlessAborted } from "../../src/errands.ts";
import { asError, TransportError } from "../../src/errors.ts";
import { isIPv4 } from "./host.ts";
import { lookUp } from "./lookup.ts";

/** How long an answer is waited for, in milliseconds: where none is known, and where there is one to go on with. */
const PATIENCE = 2_000;
const PATIENCE_WITH_KNOWN = 250;

/** An answer is not asked for again for so long, in milliseconds: who is away is dialled twice in a second. */
const FRESH = 1_000;

export interface Names {
  /**
   * The IPv4 address of a host, within two seconds. When name servers fall silent it is the last one that they told; a name
   * that they say is gone has none.
   * @throws {TransportError} (rejects) with half a sentence: `BAD_ADDRESS` where there is none, `NOT_CONNECTED` where nobody says so,
   * `CLOSED` after `close`
   */
  find(host: string): Promise<string>;
  /** Ends all questions. */
  close(): void;
}

interface Known {
  readonly address: string;
  readonly at: number;
}

/** Whether the address of a host has to be asked for. */
export function isName(host: string): boolean {
  return host !== "*" && !isIPv4(host);
}

/** @param ask finds an address; tests pass their own */
export function makeNames(ask: typeof lookUp = lookUp): Names {
  const known = new Map<string, Known>();
  const pending = new Map<string, Promise<string>>();
  const closing = new AbortController();

  function refresh(host: string): Promise<string> {
    const standing = pending.get(host);
    if (standing !== undefined) return standing;
    const answer = bounded(host).finally(() => pending.delete(host));
    // It may come when nobody waits any more.
    answer.catch(() => undefined);
    pending.set(host, answer);
    return answer;
  }

  async function bounded(host: string): Promise<string> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no name server answers within ${PATIENCE} ms`)), PATIENCE);
    const callOff = (): void => late.abort(closing.signal.reason);
    closing.signal.addEventListener("abort", callOff, { once: true });
    try {
      const address = await unlessAborted(late.signal, ask(host, late.signal));
      known.set(host, { address, at: performance.now() });
      return address;
    } catch (error) {
      if (isGone(error)) known.delete(host);
      throw error;
    } finally {
      clearTimeout(timer);
      closing.signal.removeEventListener("abort", callOff);
      // Whoever is still being asked need not answer.
      late.abort();
    }
  }

  return {
    async find(host) {
      if (!isName(host)) return host;
      if (host === "localhost") return "127.0.0.1";
      closing.signal.throwIfAborted();
      const last = known.get(host);
      if (last !== undefined && performance.now() - last.at < FRESH) return last.address;
      try {
        const answer = refresh(host);
        return await (last === undefined ? answer : orAfter(PATIENCE_WITH_KNOWN, answer, last.address));
      } catch (cause) {
        closing.signal.throwIfAborted();
        const kept = known.get(host);
        if (kept !== undefined) return kept.address;
        const code = isGone(cause) ? "BAD_ADDRESS" : "NOT_CONNECTED";
        throw new TransportError(code, `there is no address of ${host}: ${asError(cause).message}.`, { cause });
      }
    },
    close: () =>
      closing.abort(new TransportError("CLOSED", "No address is looked for any more: the transport was closed.")),
  };
}

/** Whether it is certain that the name has no address. */
function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTFOUND";
}

/** The answer, or another one when it is late. */
async function orAfter<T>(limit: number, answer: Promise<T>, other: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, limit, other);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
