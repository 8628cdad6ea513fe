/** A bound publisher that tells its owner what is subscribed to. */

import type { EngineContext, Publisher } from "../engine.ts";
import { TransportError } from "../../../src/errors.ts";
import { makePace } from "../pace.ts";
import { speak, type Connection } from "./connection.ts";
import { SecurityError } from "./security-error.ts";
import { listen } from "./sockets.ts";
import { subscriptionOfCommand, subscriptionOfMessage, type Subscription } from "./subscription.ts";
import { encodeMessage } from "./wire.ts";

/** How long a closing publisher tries to get rid of what was sent, in milliseconds. */
const LINGER = 1_000;

/** Nobody needs more; a flood of connections must not use up the process's descriptors. */
const MOST_SUBSCRIBERS = 1_024;

/** Subscriptions that are remembered, of one and of all together, and how many bytes each may have. */
const MOST_PREFIXES = 256;
const PREFIXES_OF_ALL = 8 * 1_024;
const LONGEST_PREFIX = 256;

/** A flood of strangers must not flood a log. */
const MOST_MISFITS = 16;

/** The most bytes of what a subscriber says: subscriptions and PINGs. */
const LARGEST = 4 * 1024;

/** Words a second, of those who say too much; and what everybody may say at once. */
const RATE = 1_000;
const BURST = 1_000;

/**
 * What waits for subscribers that do not read, in bytes: for one, and for all together. More is dropped, and that is the newest, such
 * as a goodbye.
 */
const BACKLOG = 16 * 1024 * 1024;
const BACKLOG_OF_ALL = 4 * BACKLOG;

/** One character for each byte, so that prefixes compare as strings. */
const bytewise = new TextDecoder("latin1");
const decoder = new TextDecoder();

interface Peer {
  readonly connection: Connection;
  /** How often each prefix was subscribed to: who subscribes twice has to cancel twice (RFC 37, "The Publish-Subscribe Pattern"). */
  readonly prefixes: Map<string, number>;
}

/**
 * @param on `dropped` is called for every peer that was hung up on
 * @throws {TransportError} (rejects) where the endpoint cannot be had
 */
export async function bindPublisher(
  endpoint: string,
  subscribed: (topic: string, publisher: Publisher) => void,
  { misconfigured, dropped }: Pick<EngineContext, "misconfigured" | "dropped">,
): Promise<Publisher> {
  const peers = new Set<Peer>();
  /** Hosts that were told of. */
  const misfits = new Set<string>();
  let closed = false;

  function take(peer: Peer, { wanted, prefix }: Subscription): void {
    const { prefixes, connection } = peer;
    const key = bytewise.decode(prefix);
    const count = (prefixes.get(key) ?? 0) + (wanted ? 1 : -1);
    if (count > 0) prefixes.set(key, count);
    else prefixes.delete(key);
    const most = Math.min(MOST_PREFIXES, PREFIXES_OF_ALL / peers.size);
    if (prefix.length > LONGEST_PREFIX || prefixes.size > most) {
      peers.delete(peer);
      connection.drop();
      dropped();
    } else if (wanted && count === 1) subscribed(decoder.decode(prefix), publisher);
  }

  function hungUpOn(fault: Error, host = "this host"): void {
    dropped();
    if (!(fault instanceof SecurityError) || !fault.isCertain || misfits.has(host) || misfits.size >= MOST_MISFITS)
      return;
    misfits.add(host);
    misconfigured(
      `Somebody who connects to ${endpoint} from ${host} cannot be talked to: ${fault.message}; give all instances the same security (the engine zmtp has none).`,
    );
  }

  const settings = {
    type: "PUB",
    partners: ["SUB", "XSUB"],
    ping: 0,
    largest: LARGEST,
    backlog: () => Math.min(BACKLOG, BACKLOG_OF_ALL / peers.size),
    pace: makePace(RATE, BURST),
  } as const;

  const server = await listen(endpoint, MOST_SUBSCRIBERS, (socket) => {
    const host = socket.remoteAddress;
    const connection = speak(socket, settings, {
      ready: () => undefined,
      message: (parts) => {
        const subscription = subscriptionOfMessage(parts);
        if (subscription !== undefined) take(peer, subscription);
      },
      command: (command) => {
        const subscription = subscriptionOfCommand(command);
        if (subscription !== undefined) take(peer, subscription);
      },
      ended: (fault) => {
        peers.delete(peer);
        if (fault !== undefined) hungUpOn(fault, host);
      },
    });
    const peer: Peer = { connection, prefixes: new Map() };
    peers.add(peer);
  });

  const publisher: Publisher = {
    // eslint-disable-next-line @typescript-eslint/require-await
    async send(frame) {
      if (closed) throw new TransportError("NOT_CONNECTED", `Cannot publish on ${endpoint}: it was given up.`);
      const message = encodeMessage([frame]);
      const head = bytewise.decode(frame.subarray(0, LONGEST_PREFIX));
      for (const { connection, prefixes } of peers)
        if ([...prefixes.keys()].some((prefix) => head.startsWith(prefix))) connection.write(message);
    },
    async close() {
      if (closed) return;
      closed = true;
      const gone = new Promise((done) => server.close(done));
      await Promise.all([...peers].map(({ connection }) => connection.finish(LINGER)));
      await gone;
    },
    async drop() {
      if (closed) return;
      closed = true;
      const gone = new Promise((done) => server.close(done));
      for (const { connection } of peers) connection.drop();
      await gone;
    },
  };
  return publisher;
}
