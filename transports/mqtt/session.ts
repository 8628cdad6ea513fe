/** One transport's life on a broker: connections come and go, and what was on its way in one of them ends with it. */

import { TransportError } from "../../src/errors.ts";
import type { BusMessage, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { atMost } from "../patience.ts";
import type { Session } from "../session.ts";
import type { Care } from "./care.ts";
import type { MqttClient } from "./client.ts";
import { makeFlapping } from "./flapping.ts";
import { isTooLarge, limitsOf } from "./limits.ts";
import { decodeName, encodeHello, encodeProof, isProof } from "./notices.ts";
import { makePause } from "./pause.ts";
import { makePending, unacknowledged, type Failure, type Outgoing } from "./pending.ts";
import { makeRecord } from "./record.ts";
import { joinClient } from "./switchboard.ts";
import type { Topics } from "./topics.ts";

/** How long what was sent may take to leave, and then the connection to end, in milliseconds. */
const CLOSING_TIME = 1_000;
const ENDING_TIME = 250;

/** How long the first connection may take, at least, in milliseconds. */
const OPENING_TIME = 5_000;

/** Between two attempts to come up in one connection, in milliseconds. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/** How long a link has to be up before the same trouble is told again, in milliseconds. */
const STEADY = 10_000;

const ENDED = "the client was ended by its owner";
const CLOSED = "the broker closed the connection, or did not take it, and gave no reason";

export interface MqttSession extends Session {
  /** What is on record now, see `Transport.recordedTerm`. */
  readonly recordedTerm: number;
  send(message: BusMessage): Promise<void>;
  recordTerm(term: number): Promise<void>;
}

export function mqttSession(
  client: MqttClient,
  care: Care,
  topics: Topics,
  { incarnation, heartbeatTimeout, candidate = true }: TransportContext,
  handlers: TransportHandlers,
): MqttSession {
  /** An acknowledgement that takes longer is none: a mandate is trusted for 2/3 of the timeout. */
  const patience = heartbeatTimeout / 2;
  const [heartbeat, claim] = [topics.of("instance.heartbeat"), topics.of("instance.claim")];
  let up = false;
  let connection = 0;
  /** Counts attempts to come up, so that an answer to an old one means nothing. */
  let attempt = 0;
  let closed = false;
  /** Why this connection fails; and why the last one did. */
  let reason: string | undefined;
  let trouble: string | undefined;
  /** What was told of already, until the link has been up for a while. */
  const told = new Set<string>();
  let upSince = 0;
  /** Makes every proof unlike the others. */
  let proofs = 0;
  let subscribing: ReturnType<typeof setTimeout> | undefined;
  let settleLive: (error?: Error) => void = () => undefined;
  const retry = makePause(FIRST_PAUSE, LONGEST_PAUSE);
  const flapping = makeFlapping();

  const line = joinClient(client, {
    topics,
    connected: comeUp,
    closed: onClose,
    trouble: onTrouble,
    message: onMessage,
  });
  const pending = makePending(line, patience);
  const record = makeRecord({
    topics,
    publish: pending.publish,
    recorded: (term) => handlers.recorded(term),
    dropped: () => handlers.dropped(),
    failed: report,
    retains: () => line.limits.retainAvailable !== false,
  });

  const live = new Promise<void>((resolve, reject) => {
    const limit = Math.max(heartbeatTimeout, OPENING_TIME);
    const timer = setTimeout(() => {
      settleLive(cannotOpen(`no broker within ${limit} ms: ${trouble ?? "it does not answer"}`));
    }, limit);
    settleLive = (error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
  });

  /** Subscribes, and has what it says come back: everything that the others send from then on will, too. */
  function comeUp(): void {
    if (closed || up || !line.connected) return;
    retry.cancel();
    clearTimeout(subscribing);
    attempt += 1;
    const mine = attempt;
    reason = undefined;
    const limit = limitsOf(line.limits);
    if (limit === undefined) subscribe(mine);
    else fail(mine, limit);
  }

  function subscribe(mine: number): void {
    subscribing = setTimeout(() => fail(mine, "the broker does not answer a subscription"), patience);
    line.subscribe((refusal) => {
      if (mine !== attempt || closed) return;
      clearTimeout(subscribing);
      if (refusal === undefined) prove(mine);
      else fail(mine, refusal);
    });
  }

  /** A candidate shows, too, that it is heard and hears where it matters: one that is deaf would win every claim. */
  function prove(mine: number): void {
    const messages: Outgoing[] = [{ topic: topics.hello, body: encodeHello(incarnation, mine) }];
    if (candidate) messages.push(proofOn(heartbeat), proofOn(claim));
    let missing = messages.length;
    for (const message of messages)
      pending.publish(message, (failure) => {
        if (mine !== attempt || closed) return;
        if (failure !== undefined) giveUp(failure);
        else if ((missing -= 1) === 0) goUp();
      });
  }

  function proofOn(topic: string): Outgoing {
    proofs += 1;
    return { topic, body: encodeProof(incarnation, proofs) };
  }

  function goUp(): void {
    up = true;
    upSince = performance.now();
    trouble = undefined;
    connection += 1;
    retry.reset();
    care.found();
    if (connection === 1) settleLive();
    else handlers.link(true, connection);
    record.up();
  }

  function goDown(why: string): void {
    attempt += 1;
    clearTimeout(subscribing);
    const wasUp = up;
    up = false;
    if (wasUp && performance.now() - upSince > STEADY) told.clear();
    record.down();
    pending.drop(why);
    if (wasUp && !closed) handlers.link(false, connection);
  }

  /** What this connection needs cannot be had now: it is tried again, for as long as the connection lasts. */
  function fail(mine: number, why: string): void {
    if (mine !== attempt || closed) return;
    goDown(why);
    onTrouble(why);
    retry.then(comeUp);
  }

  /** A message that matters was not acknowledged. */
  function giveUp(failure: Failure): void {
    if (failure.kind === "dropped" || closed) return;
    fail(attempt, describe(failure));
    // Who does not even confirm does not hear us: have another connection, if that is ours to decide.
    if (failure.kind === "unanswered") care.renew();
  }

  /** Tells a trouble once, until the link has been up for a while. */
  function onTrouble(why: string): void {
    if (closed) return;
    reason ??= why;
    trouble = why;
    if (connection > 0) report(why);
    else if (line.ended) settleLive(cannotOpen(ENDED));
  }

  function report(why: string): void {
    if (closed || told.has(why)) return;
    told.add(why);
    handlers.error(new TransportError("NOT_CONNECTED", `The MQTT transport has a trouble: ${why}.`));
  }

  function onClose(): void {
    const stood = up;
    const why = reason ?? (line.ended ? ENDED : CLOSED);
    goDown("the connection was lost");
    retry.cancel();
    care.lost();
    if (!stood || line.ended) onTrouble(why);
    else if (reason === undefined && flapping.closed()) report(flapping.sentence(client.options?.clientId));
    reason = undefined;
  }

  function onMessage(topic: string, body: Uint8Array, retained: boolean): void {
    if (pending.takes(topic, body) || closed) return;
    if (topic === topics.term) record.hear(body);
    else if (retained) handlers.dropped();
    // What the broker had stored for this client comes before our hello.
    else if (!up) return;
    else if (topic === topics.hello || topic === topics.will) noteName(topic, body);
    else if (!isProof(body)) {
      const name = topics.named(topic);
      if (name !== undefined) handlers.message({ topic: name, body });
    }
  }

  function noteName(topic: string, body: Uint8Array): void {
    const name = decodeName(body);
    if (name === undefined) handlers.dropped();
    else if (name === incarnation) return;
    else if (topic === topics.hello) handlers.audience();
    else handlers.unlinked({ incarnation: name });
  }

  /** Publishes, and looks at what becomes of it. */
  function publish(message: Outgoing): Promise<void> {
    return new Promise((resolve, reject) => {
      pending.publish(message, (failure) => {
        if (failure === undefined) {
          resolve();
          return;
        }
        reject(unacknowledged(failure));
        const { topic, kind } = failure;
        if (kind === "unanswered" || topic === heartbeat || topic === claim) giveUp(failure);
        else if (kind !== "dropped") report(describe(failure));
      });
    });
  }

  function unreachable(): TransportError {
    const why = trouble ?? "the broker cannot be reached";
    return new TransportError("NOT_CONNECTED", `Cannot send on the MQTT transport: ${why}; the message is dropped.`);
  }

  function stop(): void {
    closed = true;
    retry.cancel();
    settleLive();
  }

  async function part(): Promise<void> {
    goDown("the transport was closed");
    await line.leave((unused) => care.end(unused, ENDING_TIME));
  }

  if (line.connected) comeUp();
  else if (line.ended) settleLive(cannotOpen(ENDED));

  return {
    live,
    get recordedTerm() {
      return record.term;
    },
    async send({ topic: name, body }) {
      if (up && line.ended) fail(attempt, ENDED);
      if (!up) throw unreachable();
      const topic = topics.of(name);
      if (isTooLarge(line.limits, topic, body)) {
        const why = `a message of ${body.length} bytes on ${topic} is larger than the broker allows`;
        report(why);
        throw new TransportError("FAILED", `Cannot send on the MQTT transport: ${why}; it is dropped.`);
      }
      // Whoever claims while it cannot hear the primary would win.
      if (topic === claim) await Promise.all([publish({ topic, body }), publish(proofOn(heartbeat))]);
      else await publish({ topic, body });
    },
    recordTerm: (term) => record.keep(term),
    async close() {
      stop();
      await atMost(CLOSING_TIME, pending.settled);
      await part();
    },
    async abort() {
      stop();
      await part();
    },
  };
}

/** Why a message was not acknowledged, and what that may mean. */
function describe({ topic, kind, why }: Failure): string {
  const hint =
    kind === "unheard"
      ? ", so this client may not publish on it, or not subscribe to it, or its subscription is gone"
      : "";
  return `a message on ${topic} was not acknowledged: ${why}${hint}`;
}

function cannotOpen(why: string): TransportError {
  return new TransportError("NOT_CONNECTED", `Cannot open the MQTT transport: ${why}.`);
}
