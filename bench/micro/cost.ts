/** What a heartbeat costs: to write, to read, to think about, and all of it. */

import type { Bench } from "tinybench";
import { MOST_PEERS } from "../../src/core/peers.ts";
import { decode, encode, heartbeats, listener, speaker } from "./heartbeat.ts";

/** So many different messages that none is known from the last time. */
const VARIETY = 1_024;

export function addCosts(bench: Bench): void {
  const spoken = heartbeats(VARIETY);
  const written = spoken.map(encode);
  const hear = listener();
  const speak = speaker();
  bench.add("encode a heartbeat", inTurn(spoken, encode));
  bench.add("decode and validate it", inTurn(written, decode));
  bench.add("one step: a secondary hears it", sequel(hear));
  bench.add(`the same, beside ${MOST_PEERS} known peers`, sequel(listener(MOST_PEERS)));
  bench.add("one step: a primary says it", speak);
  const [say, listen] = [speaker(), listener()];
  bench.add("the whole way: step, encode, decode, step", () => listen(decode(encode(say()))));
}

/** Takes one after another, for ever. */
export function inTurn<Item, Result>(items: readonly Item[], act: (item: Item) => Result): () => Result {
  let next = 0;
  return () => act(items[next++ % items.length] as Item);
}

/** Hears one heartbeat, with ever higher numbers: an old one would be dropped at once. */
function sequel(hear: ReturnType<typeof listener>): () => void {
  const [first] = heartbeats(1);
  let seq = 0;
  if (first === undefined) throw new Error("There is no heartbeat to hear.");
  return () => hear({ ...first, seq: seq++ });
}
