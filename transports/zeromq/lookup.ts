/**
 * One question for the address of a name, and no more than one at a time to the system.
 *
 * `getaddrinfo` knows every source of names that a machine has (files, search domains, multicast), and waits for a silent name server
 * for ten seconds and more, in a thread of which a process has few: two such questions hold up every other lookup of the whole
 * program. So the list of hosts and the name servers are asked beside it, without a thread.
 */

import { promises as dns } from "node:dns";
import { asError } from "../../src/errors.ts";
import { findInHosts } from "./hosts-file.ts";

/** The system's answer is waited for alone for so long, in milliseconds: it knows better, and is fast where it is not stuck. */
const HEAD_START = 100;

/** How often, and how long each time, the name servers are asked, in milliseconds. */
const SERVERS = { timeout: 1_000, tries: 2 };

/** Deno has threads enough, and would stop and ask the person at the terminal for the name server and the file. */
const ASKS_SYSTEM_ALONE = "Deno" in globalThis;

/** A question to the system that is waited for, or was. */
interface Question {
  readonly answer: Promise<string>;
  waiting: number;
}

/** Of the whole process, because its threads are. */
let turn: Promise<unknown> = Promise.resolve();
const asked = new Map<string, Question>();

/**
 * The IPv4 address of a name.
 * @param signal aborts when nobody waits any more; a question to the system goes on, and is joined by the next one for that name
 * @throws {Error} (rejects) with half a sentence on why there is none; of the code `ENOTFOUND` where the name has none for certain
 */
export async function lookUp(name: string, signal: AbortSignal): Promise<string> {
  if (ASKS_SYSTEM_ALONE) return usable(await askSystem(name, signal));
  const listed = await findInHosts(name);
  if (listed !== undefined) return usable(listed);
  const system = askSystem(name, signal);
  return usable(await Promise.race([system, askServers(name, system, signal)]));
}

/** Nobody can be connected to there; it would be this machine. Name servers that block a name say it. */
function usable(address: string): string {
  if (address.startsWith("0.")) throw notFound(`its name server says ${address}, which is no address of a machine`);
  return address;
}

function askSystem(name: string, signal: AbortSignal): Promise<string> {
  const question = asked.get(name) ?? newQuestion(name);
  question.waiting += 1;
  signal.addEventListener("abort", () => (question.waiting -= 1), { once: true });
  return question.answer;
}

function newQuestion(name: string): Question {
  const answer = ASKS_SYSTEM_ALONE
    ? getAddress(name)
    : turn.then(() => {
        // A question that nobody waits for any more would keep others waiting, and the program from ending.
        if (question.waiting === 0) throw new Error("it was asked for no more");
        return getAddress(name);
      });
  const question = { answer, waiting: 0 };
  asked.set(name, question);
  const over = (): void => void asked.delete(name);
  turn = answer.then(over, over);
  return question;
}

async function getAddress(name: string): Promise<string> {
  try {
    return (await dns.lookup(name, { family: 4 })).address;
  } catch (error) {
    if (!isNotFound(error)) throw new Error(`its lookup failed (${codeOf(error)})`, { cause: error });
    throw notFound(
      (await hasIPv6(name)) ? "it has only an IPv6 address, and endpoints are IPv4" : "no name server knows it",
    );
  }
}

async function hasIPv6(name: string): Promise<boolean> {
  try {
    await dns.lookup(name, { family: 6 });
    return true;
  } catch {
    // It has no address at all.
    return false;
  }
}

/** What the name servers do not know the system may, so without an answer of theirs this never settles. */
async function askServers(name: string, system: Promise<string>, signal: AbortSignal): Promise<string> {
  const never = new Promise<string>(() => undefined);
  if ((await settlesWithin(HEAD_START, system)) || signal.aborted) return await never;
  const resolver = new dns.Resolver(SERVERS);
  const callOff = (): void => resolver.cancel();
  signal.addEventListener("abort", callOff, { once: true });
  try {
    const [address] = await resolver.resolve4(name);
    return address ?? (await never);
  } catch {
    return await never;
  } finally {
    signal.removeEventListener("abort", callOff);
  }
}

async function settlesWithin(limit: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, limit, false);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  const outcome = await Promise.race([settled, late]);
  clearTimeout(timer);
  return outcome;
}

function notFound(message: string): Error {
  return Object.assign(new Error(message), { code: "ENOTFOUND" });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : asError(error).message;
}

function isNotFound(error: unknown): boolean {
  return codeOf(error) === "ENOTFOUND" || codeOf(error) === "ENODATA";
}
