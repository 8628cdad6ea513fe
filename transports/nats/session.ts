/** One transport's life on NATS: what it hears, what it says, and when it knows that nobody hears it. */

import { asError, TransportError } from "../../src/errors.ts";
import type { BusMessage, ProbeAnswer, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { atMost } from "../patience.ts";
import { answerQuestion, decodePong, encodePing } from "../ping.ts";
import type { Session } from "../session.ts";
import type { Connected } from "./connect.ts";
import { inboxOf, isNoResponders } from "./connection.ts";
import { makeEars, type Heard } from "./ears.ts";
import { answeredOn, helloOf, isHello } from "./hello.ts";
import { makeLifeline } from "./lifeline.ts";
import { makeLink } from "./link.ts";
import { listenTo } from "./news.ts";
import { makePending } from "./pending.ts";
import { refusalOf, sentenceOf, type Refusal } from "./refusal.ts";
import type { Subjects } from "./subjects.ts";
import type { Topology } from "./topology.ts";

/** How long a farewell may take, in milliseconds. */
const CLOSING_TIME = 1_000;

/** How long a probe may take, in milliseconds; its asker has given up long before. */
const PROBE_TIME = 5_000;

export interface NatsSession extends Session {
  send(message: BusMessage): Promise<void>;
  probe(signal: AbortSignal): Promise<ProbeAnswer | undefined>;
}

/** How a session is set up. Durations in milliseconds. */
export interface SessionSettings {
  readonly subjects: Subjects;
  /** Of the lifeline; 0: none. */
  readonly pause: number;
  /** How long the server may take until the first hello has come back. */
  readonly openingTime: number;
  readonly topology: Topology;
}

export function natsSession(
  { connection: nats, own, end, drop }: Connected,
  { subjects, pause, openingTime, topology }: SessionSettings,
  context: TransportContext,
  handlers: TransportHandlers,
): NatsSession {
  const { incarnation, heartbeatTimeout } = context;
  const self = subjects.ping(incarnation);
  const hello = helloOf(subjects, self, context);
  /** An acknowledgement that takes longer is none: a mandate is trusted for 2/3 of the timeout. */
  const patience = heartbeatTimeout / 2;
  let closed = false;
  let watched: string | undefined;
  topology.follow(nats);
  let wasCluster = topology.isCluster;

  const pending = makePending(nats, patience, {
    late: (subject) => link.late(subject),
    unsendable: ({ message }) => link.tell(message),
  });
  const ears = makeEars(nats, { [subjects.all]: hear, [self]: answer, [subjects.hello]: greet }, (subject, cause) => {
    refused(refusalOf(cause) ?? { operation: "subscription", subject });
  });
  const link = makeLink({
    patience,
    openingTime,
    async hello(again) {
      if (again) ears.renew();
      else ears.mend();
      const mark = hello.mark();
      await Promise.all(hello.subjects.map((subject) => pending.publish(subject, hello.body, mark)));
    },
    up(number) {
      noteTopology();
      if (number > 1) handlers.link(true, number);
    },
    down(why, number) {
      lifeline.stop();
      pending.drop(why);
      if (number > 0) handlers.link(false, number);
    },
    renew() {
      if (own) nats.reconnect?.().catch((error: unknown) => handlers.error(asError(error)));
    },
    tell: (error) => handlers.error(error),
  });
  const lifeline = makeLifeline(nats, pause, 2 * heartbeatTimeout, (subject) => {
    if (link.isUp) handlers.unlinked({ from: subject });
  });

  function noteTopology(): void {
    const isCluster = topology.isCluster;
    if (isCluster && !wasCluster)
      handlers.error(
        new TransportError(
          "FAILED",
          "The NATS server is a member of a cluster now: claims no longer exclude a second primary. Use a lease where that matters.",
        ),
      );
    wasCluster = isCluster;
  }

  function hear({ subject, data, reply }: Heard): void {
    if (pending.takes(subject, data, reply) || reply === self || isHello(reply)) return;
    // Nothing counts before it is sure that everything is heard.
    if (!link.wasUp) return;
    const topic = subjects.named(subject);
    if (topic === "instance.heartbeat" && reply !== undefined) {
      watched = reply;
      lifeline.watch(reply);
    }
    // Not a Buffer, and not a view of one.
    handlers.message({ topic, body: new Uint8Array(data) }, reply);
  }

  function answer(message: Heard): void {
    if (pending.takes(message.subject, message.data, message.reply)) return;
    // The lifeline asks without a word: that somebody listens is the answer.
    const reply = message.data.length === 0 ? undefined : answerQuestion(message.data, () => handlers.asked());
    message.respond(reply);
  }

  function greet({ subject, data, reply }: Heard): void {
    if (!pending.takes(subject, data, reply) && reply?.startsWith(`${self}.`) !== true) handlers.audience();
  }

  function refused(refusal: Refusal): void {
    const { operation, subject } = refusal;
    const why = sentenceOf(refusal, nats);
    if (operation === "publish") pending.refuse(subject, why);
    const isOurs = subjects.has(subject);
    if (isOurs && (operation === "subscription" || hello.subjects.includes(subject))) link.broken(why);
    else if (isOurs) link.tell(why);
    else if (subject.startsWith(`${inboxOf(nats)}.`))
      link.tell(
        `${why}: ${operation === "publish" ? "who asks is not answered" : "a crash is noticed by silence alone"}`,
      );
  }

  const leave = listenTo(nats, {
    disconnected: () => link.lost("the connection was lost"),
    reconnected: () => link.found(),
    closed(reason) {
      const why = reason instanceof Error ? `: ${reason.message}` : "";
      const what = `the connection was closed by the program or for good${why}`;
      link.ended(what);
      if (!closed)
        handlers.error(new TransportError("CLOSED", `Cannot go on with the NATS transport: ${what}; make a new one.`));
    },
    refused,
    complained: (complaint) => link.tell(`the server complains: ${complaint}`),
    failed: (error) => handlers.error(error),
  });
  link.found();

  function part(): void {
    link.ended("the transport was closed");
    leave();
    ears.close();
  }

  function stop(): void {
    closed = true;
    link.stop();
    lifeline.stop();
  }

  return {
    live: link.live,
    async send({ topic, body }) {
      if (!link.isUp)
        throw new TransportError(
          "NOT_CONNECTED",
          `Cannot send on the NATS transport: ${link.trouble ?? "there is no connection"}; the message is dropped.`,
        );
      const other = answeredOn(topic);
      const proof = other === undefined ? [] : [pending.publish(subjects.of(other), hello.body, hello.mark())];
      await Promise.all([...proof, pending.publish(subjects.of(topic), body, self)]);
    },
    async probe(signal) {
      const subject = watched;
      if (subject === undefined || signal.aborted) return undefined;
      const id = crypto.randomUUID();
      const abandoned = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
      });
      const asking = nats.request(subject, encodePing(id), { timeout: PROBE_TIME }).then(
        ({ data }) => decodePong(data, id),
        (error: unknown) => {
          // Nobody answered in time, or nobody is there to answer.
          if (isNoResponders(error) && !closed) handlers.unlinked({ from: subject });
          return undefined;
        },
      );
      return Promise.race([asking, abandoned]);
    },
    async close() {
      stop();
      await atMost(CLOSING_TIME, pending.settled());
      part();
      await end();
    },
    // eslint-disable-next-line @typescript-eslint/require-await
    async abort() {
      stop();
      part();
      drop();
    },
  };
}
