/** Where a group's messages are found. */

/** The topics of a group. */
export interface Topics {
  /** What all of them begin with: `<prefix>/<group>`. */
  readonly root: string;
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
  /** All that is subscribed to. */
  readonly filters: readonly string[];
}

/** @param group has none of the characters that mean something in a topic: the core refuses them */
export function topicsOf(prefix: string, group: string): Topics {
  const root = `${prefix}/${group}`;
  const beginning = `${root}${INSTANCE}/`;
  const all = `${beginning}+`;
  const [hello, will, term] = [`${root}/hello`, `${root}/will`, `${root}/term`];
  return {
    root,
    of: (topic) => `${root}/${topic.replaceAll(".", "/")}`,
    named: (topic) => (topic.startsWith(beginning) ? topic.slice(root.length + 1).replaceAll("/", ".") : undefined),
    all,
    hello,
    will,
    term,
    filters: [all, hello, will, term],
  };
}

const INSTANCE = "/instance";
const OURS: ReadonlySet<string> = new Set(["/hello", "/will", "/term"]);

/** The root of the group that a topic belongs to, if it is one of ours. */
export function rootOf(topic: string): string {
  const last = topic.lastIndexOf("/");
  const before = topic.slice(0, Math.max(last, 0));
  return !OURS.has(topic.slice(last)) && before.endsWith(INSTANCE) ? before.slice(0, -INSTANCE.length) : before;
}
