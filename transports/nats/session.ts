/** One transport's life on NATS: what it hears, what it says, and when it knows that nobody hears it. */

import { asError, TransportError } from "../../src/errors.ts";
import type { BusMessage, ProbeAnswer, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { atMost } from "../patience.ts";
import { answerQuestion, decodePong, encodePing } from "../ping.ts";
import type { Session } from "../session.ts";
import type { Connected } from "./connect.ts";
import { isNoResponders, type ReceivedMessage, type Subscription } from "./connection.ts";
import { makeLifeline } from "./lifeline.ts";
import { listenTo } from "./news.ts";
import { makePending } from "./pending.ts";
import type { Subjects } from "./subjects.ts";

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
  /** How long the server may take to answer for the first time. */
  readonly openingTime: number;
}

export function natsSession(
  { connection: nats, own, end, drop }: Connected,
  { subjects, pause, openingTime }: SessionSettings,
  { incarnation, heartbeatTimeout }: TransportContext,
  handlers: TransportHandlers,
): NatsSession {
  const self = subjects.ping(incarnation);
  /** An acknowledgement that takes longer is none: a mandate is trusted for 2/3 of the timeout. */
  const patience = heartbeatTimeout / 2;
  const subscriptions: Subscription[] = [];
  const pending = makePending(() => nats.flush(), patience, late);
  let up = true;
  let connection = 1;
  /** Counts attempts to come up, so that an answer to an old one means nothing. */
  let attempt = 0;
  let closed = false;
  let watched: string | undefined;
  let reviving: ReturnType<typeof setTimeout> | undefined;

  const lifeline = makeLifeline(nats, pause, 2 * heartbeatTimeout, (subject) => {
    if (!closed && up) handlers.unlinked({ from: subject });
  });

  function goDown(why: string): void {
    if (!up) return;
    up = false;
    attempt += 1;
    lifeline.stop();
    pending.drop(why);
    if (!closed) handlers.link(false, connection);
  }

  function goUp(): void {
    if (up || closed) return;
    clearTimeout(reviving);
    up = true;
    connection += 1;
    handlers.link(true, connection);
  }

  /** The server did not answer in time. A connection of our own is made anew; another one may come back to itself. */
  function late(): void {
    if (!up) return;
    goDown(`the server did not answer within ${patience} ms`);
    if (own) nats.reconnect?.().catch((error: unknown) => handlers.error(asError(error)));
    else revive();
  }

  /** The subscriptions were made again; what the server answers behind them says that they are live. */
  function revive(): void {
    if (closed || up) return;
    attempt += 1;
    const mine = attempt;
    const asked = performance.now();
    nats.flush().then(
      () => {
        // An answer that took as long as an outage is none.
        if (mine !== attempt) return;
        if (performance.now() - asked < patience) goUp();
        else revive();
      },
      () => {
        // Without a connection the next one revives; a server that hangs is asked again.
        if (mine === attempt) reviving = setTimeout(revive, patience);
      },
    );
  }

  function listen(subject: string, take: (message: ReceivedMessage & { readonly subject: string }) => void): void {
    const callback = (error: Error | null, message: ReceivedMessage): void => {
      if (closed) return;
      if (error === null) take(message as ReceivedMessage & { readonly subject: string });
      else
        handlers.error(
          new TransportError("FAILED", `Cannot listen to ${subject}: ${error.message}.`, { cause: error }),
        );
    };
    subscriptions.push(nats.subscribe(subject, { callback }));
  }

  function hear({ subject, data, reply }: ReceivedMessage & { readonly subject: string }): void {
    if (reply === self) return;
    const topic = subjects.named(subject);
    if (topic === "instance.heartbeat" && reply !== undefined) {
      watched = reply;
      lifeline.watch(reply);
    }
    // Not a Buffer, and not a view of one.
    handlers.message({ topic, body: new Uint8Array(data) }, reply);
  }

  function answer(message: ReceivedMessage): void {
    // The lifeline asks without a word: that somebody listens is the answer.
    const reply = message.data.length === 0 ? undefined : answerQuestion(message.data, () => handlers.asked());
    message.respond(reply);
  }

  listen(subjects.all, hear);
  listen(self, answer);
  listen(subjects.hello, ({ reply }) => {
    if (reply !== self) handlers.audience();
  });
  const leave = listenTo(nats, {
    disconnected: () => goDown("the connection was lost"),
    reconnected: revive,
    closed(reason) {
      goDown("the connection was closed");
      if (closed) return;
      const why = reason instanceof Error ? `: ${reason.message}` : "";
      handlers.error(
        new TransportError(
          "CLOSED",
          `The NATS connection was closed by the program or for good${why}; make a new transport.`,
        ),
      );
    },
    failed: (error) => handlers.error(error),
  });

  function stop(): void {
    closed = true;
    clearTimeout(reviving);
    lifeline.stop();
  }

  function part(): void {
    goDown("the transport was closed");
    leave();
    if (!nats.isClosed()) for (const subscription of subscriptions) subscription.unsubscribe();
  }

  return {
    live: (async () => {
      // Behind the subscriptions: what the server answers it has read before.
      nats.publish(subjects.hello, undefined, { reply: self });
      await pending.acknowledged(Math.min(openingTime, patience));
    })(),
    async send({ topic, body }) {
      if (!up)
        throw new TransportError(
          "NOT_CONNECTED",
          "Cannot send on the NATS transport: there is no connection; the message is dropped.",
        );
      nats.publish(subjects.of(topic), body, { reply: self });
      await pending.acknowledged();
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
