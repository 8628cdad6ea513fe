/** Where a group's messages are found. */

/** The topics of a group. */
export interface Topics {
  /** What the protocol says: `instance.heartbeat` on `<prefix>/<group>/instance/heartbeat`. */
  of(topic: string): string;
  /** The protocol's topic of one of ours; undefined for any other. */
  named(topic: string): string | undefined;
  /** Everything the protocol says. */
  readonly all: string;
  /** A newcomer says that it listens. */
  readonly hello: string;
  /** A broker says whose connection broke. */
  readonly will: string;
  /** The record of the last term, retained. */
  readonly term: string;
}

/** @param group has none of the characters that mean something in a topic: the core refuses them */
export function topicsOf(prefix: string, group: string): Topics {
  const root = `${prefix}/${group}`;
  const beginning = `${root}/instance/`;
  return {
    of: (topic) => `${root}/${topic.replaceAll(".", "/")}`,
    named: (topic) => (topic.startsWith(beginning) ? topic.slice(root.length + 1).replaceAll("/", ".") : undefined),
    all: `${beginning}+`,
    hello: `${root}/hello`,
    will: `${root}/will`,
    term: `${root}/term`,
  };
}
