import { describe, expect, test } from "vitest";
import type { Election, ElectionContext } from "../../src/index.ts";
import type { Bucket, Written } from "../../transports/nats/lease/api.ts";
import { holdLease, TRUST } from "../../transports/nats/lease/tenure.ts";
import type { Watch } from "../../transports/nats/lease/watch.ts";
import { Group } from "../support/group.ts";

const [INTERVAL, TIMEOUT] = [500, 2_750];

/** A store that is a variable, and whose acknowledgements come when the test says so. */
class Store {
  readonly writtenAt: number[] = [];
  /** Acknowledgements that are on their way; undefined: they come at once. */
  held: (() => void)[] | undefined;
  #cut = false;
  #revision = 1;
  readonly #trueTime: () => number;

  constructor(trueTime: () => number) {
    this.#trueTime = trueTime;
  }

  /** From now on nothing that is asked of it arrives. */
  cutOff(): void {
    this.#cut = true;
  }

  async write(): Promise<Written> {
    if (this.#cut) return new Promise(() => undefined);
    this.writtenAt.push(this.#trueTime());
    this.#revision += 1;
    const written = { kind: "written", revision: this.#revision } as const;
    const { held } = this;
    return held === undefined ? written : new Promise((resolve) => held.push(() => resolve(written)));
  }

  election(): Election {
    const bucket: Bucket = {
      write: () => this.write(),
      read: () => new Promise(() => undefined),
      push: () => Promise.resolve(),
      ensure: () => new Promise(() => undefined),
    };
    const view = { revision: 0, record: undefined, since: 0 };
    const watch: Watch = { view, note: () => view, news: () => Promise.resolve(), stop: () => undefined };
    let context: ElectionContext | undefined;
    return {
      name: "nats-lease",
      traits: { exclusive: true, durable: true, deadline: true },
      open(given) {
        context = given;
        return Promise.resolve();
      },
      campaign(request) {
        if (context === undefined) throw new Error("The election is not open.");
        const { instanceId: instance_id, incarnation, clock } = context;
        const times = { interval: INTERVAL, timeout: TIMEOUT };
        const record = { v: 1, term: 1, instance_id, incarnation, nonce: "won", ...times } as const;
        const won = { record, revision: 1, sentAt: clock.now() };
        return Promise.resolve({ won: true, mandate: holdLease(bucket, watch, context, request, won) });
      },
    };
  }
}

describe("a lease whose holder was suspended", () => {
  test.each([true, false])(
    "while a renewal was under way is trusted from when that was sent, and never longer (known for how long: %s)",
    async (known) => {
      const group = new Group();
      const { clock } = group;
      clock.tellsSuspension = known;
      const origin = clock.wall() - clock.now();
      const trueTime = (): number => clock.wall() - origin;
      const store = new Store(trueTime);
      const timings = { heartbeatInterval: INTERVAL, heartbeatTimeout: TIMEOUT };
      const { watcher } = await group.start("a", { ...timings, role: "primary", election: store.election() });
      const held: (() => void)[] = [];
      store.held = held;
      while (held.length === 0) await clock.advance(1);
      const writtenAt = store.writtenAt.at(-1) ?? Infinity;
      await clock.advance(20);
      clock.suspend(1_000);
      store.cutOff();
      for (const acknowledge of held) acknowledge();
      await clock.advance(0);
      expect(watcher.isPrimary).toBe(true);
      while (watcher.isPrimary) await clock.advance(1);
      expect(trueTime() - writtenAt).toBeLessThanOrEqual(TIMEOUT * TRUST + 1);
      expect(trueTime() - writtenAt).toBeGreaterThan(TIMEOUT * TRUST - 2);
    },
  );
});
