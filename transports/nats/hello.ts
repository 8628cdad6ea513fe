/**
 * What an instance says before it counts as linked: one message without a word on each subject that others must hear from it, or it
 * from them. When all have come back it has a voice and ears there. The hello's own subject tells the others that somebody new
 * listens; what is said on the others means nothing to them.
 */

import type { TransportContext } from "../../src/transport.ts";
import type { Subjects } from "./subjects.ts";

const NOTHING = new Uint8Array();

/** What decides who is primary under claims. Of the other topics a refusal is told, and costs time only. */
const HEARTBEAT = "instance.heartbeat";
const CLAIM = "instance.claim";

export interface Hello {
  /** Subjects that have to be open in both directions. */
  readonly subjects: readonly string[];
  readonly body: Uint8Array;
  /** Every hello is another one: an echo of an earlier one proves nothing. */
  mark(): string;
}

/** Whether a message is somebody's hello, by its mark. */
export function isHello(reply: string | undefined): boolean {
  return reply !== undefined && /\.hello\.\d+$/.test(reply);
}

/** @param self where this instance answers */
export function helloOf(
  subjects: Subjects,
  self: string,
  { candidate = true }: Pick<TransportContext, "candidate">,
): Hello {
  let count = 0;
  return {
    // Nobody has to hear an observer, and it decides nothing by what it hears.
    subjects: [subjects.hello, ...(candidate ? [self, subjects.of(HEARTBEAT), subjects.of(CLAIM)] : [])],
    body: NOTHING,
    mark() {
      count += 1;
      return `${self}.hello.${count}`;
    },
  };
}

/** What has to come back beside a message: the answer to a claim is a heartbeat, which its owner has to hear as well. */
export function answeredOn(topic: string): string | undefined {
  return topic === CLAIM ? HEARTBEAT : undefined;
}
