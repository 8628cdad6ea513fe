/** A subscriber that is kept connected to one publisher. */

import { TransportError } from "../../../src/errors.ts";
import type { EngineContext, Subscriber, SubscriberEvents } from "../engine.ts";
import { makePace } from "../pace.ts";
import { speak, type Connection } from "./connection.ts";
import { SecurityError } from "./security-error.ts";
import { dial } from "./sockets.ts";
import { encodeSubscription } from "./subscription.ts";

/** A new primary is heard within 20 ms of the old one's death, and a dead port costs two attempts a second; milliseconds. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 500;

/**
 * RFC 37 ("Error Handling") wants nobody to come again who was refused with an ERROR. A subscriber does, at its longest pause: the
 * port may be somebody else's tomorrow, and it never gives up.
 *
 * A process that dies may break off in the middle of a word; who does so again and again is no publisher.
 */
const TELLING_FAULTS = 3;
/** What stands before a publisher that is down, such as a proxy, hangs up without a word, and nothing is wrong with that for a while. */
const TELLING_SILENCES = 12;

/**
 * The most bytes of a message. Larger than our own limit, so that a message which is merely too long is dropped, and only an absurd
 * one costs its sender the connection.
 */
const LARGEST = 1024 * 1024;

/** Of subscriptions that a publisher does not read. */
const BACKLOG = 64 * 1024;

/** Messages a second, of a publisher that says too much; and what it may say at once. */
const RATE = 10_000;

const encoder = new TextEncoder();

/** @param ping how often to PING, in milliseconds */
export function connectSubscriber(
  endpoint: string,
  prefix: string,
  ping: number,
  on: SubscriberEvents,
  { report, misconfigured, dropped }: Pick<EngineContext, "report" | "misconfigured" | "dropped">,
): Subscriber {
  /** In the order in which they were made: the last one to be live says that all are. */
  const prefixes = new Set([prefix]);
  const pace = makePace(RATE, RATE);
  let connection: Connection;
  /** The minor version that the standing connection speaks. */
  let minor: number | undefined;
  let pause = FIRST_PAUSE;
  let retry: ReturnType<typeof setTimeout> | undefined;
  /** So many attempts in a row ended because of what answered. */
  let faults = 0;
  /** What is wrong with what answers there was told: that it is no publisher, or that its security is another. */
  let told: "nothing" | "fault" | "misfit" = "nothing";
  let closed = false;

  function tell(topic: string, wanted: boolean): void {
    if (minor !== undefined) connection.write(encodeSubscription({ wanted, prefix: encoder.encode(topic) }, minor));
  }

  function connect(): void {
    clearTimeout(retry);
    retry = undefined;
    connection = speak(
      dial(endpoint),
      {
        type: "SUB",
        partners: ["PUB", "XPUB"],
        ping,
        largest: LARGEST,
        backlog: () => BACKLOG,
        pace,
      },
      {
        ready(theirs) {
          minor = theirs;
          told = "nothing";
          for (const topic of prefixes) tell(topic, true);
          on.up();
        },
        message: (parts) => on.message(parts),
        // A publisher has no commands for us.
        command: () => undefined,
        ended,
      },
    );
  }

  function ended(fault?: Error, wordless = false): void {
    const wasUp = minor !== undefined;
    minor = undefined;
    // One that was ready and then broke the protocol is not dialled without a pause.
    if (wasUp && fault === undefined) pause = FIRST_PAUSE;
    retry = setTimeout(connect, pause * (0.75 + Math.random() / 4));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    if (wasUp) on.down();
    else on.refused();
    faults = fault === undefined ? 0 : faults + 1;
    if (fault === undefined) return;
    dropped();
    if (!closed) blame(fault, wordless);
  }

  function blame(fault: Error, wordless: boolean): void {
    const isMisfit = fault instanceof SecurityError;
    if (told === "misfit" || (told === "fault" && !isMisfit)) return;
    if (faults < (wordless ? TELLING_SILENCES : TELLING_FAULTS) && !(isMisfit && fault.isCertain)) return;
    told = isMisfit ? "misfit" : "fault";
    const why =
      isMisfit && fault.isCertain
        ? fault.message
        : `what answers there does not speak like a ZeroMQ publisher, or its security settings differ (${fault.message})`;
    const again = `trying again every ${LONGEST_PAUSE} ms.`;
    if (isMisfit)
      misconfigured(
        `Cannot subscribe to ${endpoint}: ${why}; give all instances the same security (the engine zmtp has none); ${again}`,
      );
    else report(new TransportError("FAILED", `Cannot subscribe to ${endpoint}: ${why}; ${again}`, { cause: fault }));
  }

  connect();
  return {
    subscribe(topic) {
      prefixes.add(topic);
      tell(topic, true);
    },
    unsubscribe(topic) {
      if (prefixes.delete(topic)) tell(topic, false);
    },
    redial() {
      if (retry !== undefined && !closed) connect();
    },
    close() {
      closed = true;
      clearTimeout(retry);
      connection.drop();
      return Promise.resolve();
    },
  };
}
