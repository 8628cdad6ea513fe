/** A subscriber to a publisher at a name, whose address is asked for anew whenever it connects. */

import { asError, TransportError } from "../../src/errors.ts";
import { formatEndpoint, type Address } from "./address.ts";
import type { Engine, EngineContext, Subscriber, SubscriberEvents } from "./engine.ts";
import type { Names } from "./names.ts";

/** Between two attempts to find an address where none is known, in milliseconds: the first, and the longest. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 500;

export function connectToName(
  engine: Engine,
  names: Names,
  { host, port }: Extract<Address, { readonly protocol: "tcp" }>,
  prefix: string,
  on: SubscriberEvents,
  { report }: Pick<EngineContext, "report">,
): Subscriber {
  /** Beside the first, in the order in which they were made. */
  const prefixes = new Set<string>();
  let address: string | undefined;
  let inner: Subscriber | undefined;
  let isUp = false;
  let looking = false;
  let reported = false;
  let closed = false;
  let pause = FIRST_PAUSE;
  let retry: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    clearTimeout(retry);
    if (looking || closed) return;
    looking = true;
    try {
      const found = await names.find(host);
      reported = false;
      pause = FIRST_PAUSE;
      if (!isClosed() && !isUp && found !== address) connect(found);
    } catch (thrown) {
      if (!isClosed()) nowhere(asError(thrown));
    } finally {
      looking = false;
    }
  }

  function isClosed(): boolean {
    return closed;
  }

  /** It may have moved: whoever was at the old address is left. */
  function connect(found: string): void {
    const left = inner;
    address = found;
    const mine = engine.subscribe(formatEndpoint({ protocol: "tcp", host: found, port }), prefix, {
      up: () => {
        if (mine !== inner) return;
        isUp = true;
        on.up();
      },
      down: () => {
        if (mine !== inner) return;
        isUp = false;
        on.down();
        void look();
      },
      refused: () => {
        if (mine !== inner) return;
        on.refused();
        void look();
      },
      message: (frames) => {
        if (mine === inner) on.message(frames);
      },
    });
    inner = mine;
    for (const topic of prefixes) mine.subscribe(topic);
    left?.close().catch((error: unknown) => report(asError(error)));
  }

  function nowhere(cause: Error): void {
    if (!reported)
      report(
        new TransportError(
          "NOT_CONNECTED",
          `Cannot subscribe to tcp://${host}:${port}: ${cause.message} It is tried again.`,
          {
            cause,
          },
        ),
      );
    reported = true;
    on.refused();
    // An engine that has an old address goes on, and says when that fails.
    if (inner !== undefined) return;
    retry = setTimeout(() => void look(), pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  void look();
  return {
    subscribe(topic) {
      prefixes.add(topic);
      inner?.subscribe(topic);
    },
    unsubscribe(topic) {
      prefixes.delete(topic);
      inner?.unsubscribe(topic);
    },
    redial() {
      if (inner === undefined) void look();
      else inner.redial();
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      const left = inner;
      inner = undefined;
      await left?.close();
    },
  };
}
