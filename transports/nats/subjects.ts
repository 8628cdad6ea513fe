/** Where a group's messages are found. */

/** The subjects of a group. */
export interface Subjects {
  /** What the protocol says: `instance.heartbeat` on `<prefix>.<group>.instance.heartbeat`. */
  of(topic: string): string;
  /** The protocol's topic of one of ours. */
  named(subject: string): string;
  /** Everything the protocol says. */
  readonly all: string;
  /** Whether it is one of this group's. */
  has(subject: string): boolean;
  /** A newcomer says that it listens. */
  readonly hello: string;
  /** Where one instance answers, and nobody else. */
  ping(incarnation: string): string;
}

/** @param group has none of the characters that mean something in a subject: the core refuses them */
export function subjectsOf(prefix: string, group: string): Subjects {
  const root = `${prefix}.${group}.`;
  return {
    of: (topic) => root + topic,
    named: (subject) => subject.slice(root.length),
    all: `${root}instance.*`,
    has: (subject) => subject.startsWith(root),
    hello: `${root}hello`,
    ping: (incarnation) => `${root}ping.${incarnation.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`,
  };
}
