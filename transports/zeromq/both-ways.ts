/**
 * Whether the members of a mesh hear each other both ways. A member whose list lacks another, or that cannot connect to it, does not
 * hear it, is not told of that by anything that it hears, and would be primary beside it for good. Both sides can see it: one hears a
 * publisher that does not subscribe to it, the other has a subscriber that it does not hear.
 */

/** Peers connect to each other in no order: from the first way to the other it may take so long, in milliseconds. */
const MIN_PATIENCE = 500;
const MAX_PATIENCE = 3_000;

/** So many names are remembered, and so many strangers are told of: a flood of either must not use up memory, or a log. */
const MOST_NODES = 1_024;
const MOST_STRANGERS = 16;

export interface BothWays {
  /** What the publisher `node` says at a peer's endpoint is heard from now on. */
  heard(endpoint: string, node: string): void;
  /**
   * The transport `node` subscribes to this one.
   * @param bind where it publishes; undefined where nobody needs to hear it
   */
  subscribed(node: string, bind: string | undefined): void;
  /** Whether the publisher at a peer's endpoint is known not to hear this instance. */
  isDeaf(endpoint: string): boolean;
  close(): void;
}

export interface BothWaysOptions {
  /** Where this instance publishes. */
  readonly bind: string;
  /** Before it could be primary both sides should have been told. */
  readonly heartbeatTimeout: number;
  /** Nobody needs to hear an observer. */
  readonly candidate: boolean;
  misconfigured(message: string): void;
}

export function watchBothWays({ bind, heartbeatTimeout, candidate, misconfigured }: BothWaysOptions): BothWays {
  const patience = Math.min(Math.max(heartbeatTimeout / 2, MIN_PATIENCE), MAX_PATIENCE);
  /** Who publishes at each peer's endpoint. */
  const publishers = new Map<string, string>();
  const deaf = new Set<string>();
  const [hearing, heardBy] = [new Set<string>(), new Set<string>()];
  const told = new Set<string>();
  /** Where those publish that were not heard when they subscribed. */
  const strangers = new Set<string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();

  function later(look: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      look();
    }, patience);
    timers.add(timer);
  }

  function tellOnce(about: string, message: string): void {
    if (told.has(about)) return;
    told.add(about);
    misconfigured(message);
  }

  return {
    heard(endpoint, node) {
      if (publishers.get(endpoint) === node) return;
      publishers.set(endpoint, node);
      deaf.delete(endpoint);
      remember(hearing, node);
      if (!candidate || heardBy.has(node)) return;
      later(() => {
        if (publishers.get(endpoint) !== node || heardBy.has(node)) return;
        deaf.add(endpoint);
        tellOnce(
          endpoint,
          `The peer ${endpoint} is heard, and does not hear this instance, which publishes on ${bind}: its list of peers lacks this one, or has an endpoint or keys with which it cannot connect. Both can be primary at once until this one hears of it and gives way; list each in the peers of the other.`,
        );
      });
    },
    subscribed(node, theirs) {
      remember(heardBy, node);
      for (const [endpoint, publisher] of publishers) if (publisher === node) deaf.delete(endpoint);
      if (theirs === undefined || hearing.has(node) || strangers.size >= MOST_STRANGERS) return;
      strangers.add(theirs);
      later(() => {
        if (hearing.has(node)) {
          strangers.delete(theirs);
          return;
        }
        tellOnce(
          theirs,
          `An instance that publishes on ${JSON.stringify(theirs)} hears this one, and is not heard: option peers lacks it, or has an endpoint or keys with which this one cannot connect. Both can be primary at once; list each in the peers of the other.`,
        );
      });
    },
    isDeaf: (endpoint) => deaf.has(endpoint),
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function remember(nodes: Set<string>, node: string): void {
  nodes.delete(node);
  nodes.add(node);
  for (const oldest of nodes) {
    if (nodes.size <= MOST_NODES) return;
    nodes.delete(oldest);
  }
}
