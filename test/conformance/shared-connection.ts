/** What transports that use one connection owe to one another. */

import type { Transport } from "../../src/transport.ts";
import { demand, within } from "./expect.ts";
import type { Check } from "./index.ts";
import { open, text } from "./listener.ts";

const TOPIC = "instance.heartbeat";

/** More than the ten listeners of one event after which Node warns of a leak. */
const MANY = 12;

export function asksAboutSharing(check: Check): void {
  check("many transports over one connection hear their own group, and no other", async ({ share }) => {
    if (share === undefined) return;
    const shared = Array.from({ length: MANY }, share);
    try {
      const groupOf = (index: number): string => `group-${index % (MANY / 2)}`;
      const heard = await Promise.all(
        shared.map((transport, index) => open(transport, groupOf(index), `shared-${index}`)),
      );
      const sending = shared.map((transport, index) => transport.send(text(TOPIC, `${groupOf(index)} ${index}`)));
      await within(Promise.all(sending), "messages to be sent");
      for (const [index, listener] of heard.entries()) {
        const other = (index + MANY / 2) % MANY;
        await listener.untilHeard(TOPIC, `${groupOf(index)} ${other}`);
        const wrong = listener.heard(TOPIC).filter((body) => !body.startsWith(`${groupOf(index)} `));
        demand(wrong.length === 0, `messages of another group were heard: ${wrong.join(", ")}`);
      }
    } finally {
      await closeAll(shared);
    }
  });

  check(
    "one that is closed takes nothing from another of the same group on its connection",
    async ({ a, b, share }) => {
      if (share === undefined) return;
      const other = share();
      try {
        const heard = await open(a, "shared", "a");
        await open(other, "shared", "other");
        await open(b, "shared", "b");
        await within(other.close(), "close");
        await within(a.send(text(TOPIC, "mine")), "a message to be acknowledged");
        await within(b.send(text(TOPIC, "still there")), "a message to be sent");
        await heard.untilHeard(TOPIC, "still there");
        demand(
          heard.links.every(({ up }) => up),
          "the link went down when another transport on its connection was closed",
        );
      } finally {
        await closeAll([other]);
      }
    },
  );
}

async function closeAll(transports: readonly Transport[]): Promise<void> {
  await within(Promise.allSettled(transports.map((transport) => transport.close())), "transports to close");
}
