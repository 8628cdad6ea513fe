/** What becomes of a transport whose connection is ended by the one it belongs to. */

import { TransportError } from "../../src/errors.ts";
import { demand, rejection, within } from "./expect.ts";
import type { Check } from "./index.ts";
import { contextOf, Listener, open, speak, text } from "./listener.ts";

const GROUP = "ended";

export function asksAboutEnding(check: Check): void {
  check("a connection that its owner ends is a link that is down, and nothing worse", async ({ a, end }) => {
    if (end === undefined) return;
    const heard = await open(a, GROUP, "a");
    await speak(a);
    const before = settled(a.send(text("instance.heartbeat", "before")));
    const ending = end();
    // A connection that is being ended may refuse at once what another would refuse later.
    const meanwhile = settled(a.send(text("instance.heartbeat", "meanwhile")));
    await within(ending, "the owner to end the connection");
    for (const outcome of await within(Promise.all([before, meanwhile]), "what was being sent to settle"))
      demand(
        outcome === undefined || outcome instanceof TransportError,
        `what was being sent rejected with ${String(outcome)}`,
      );
    const refused = await rejection(a.send(text("instance.heartbeat", "too late")), "send over an ended connection");
    demand(refused instanceof TransportError, `send over an ended connection rejected with ${String(refused)}`);
    if (a.capabilities.link) await heard.until(() => heard.links.at(-1)?.up === false, "the link to be down");
    await within(a.close(), "close over an ended connection");
  });

  check("a connection that its owner ends while the transport is closed harms neither", async ({ a, end }) => {
    if (end === undefined) return;
    await open(a, GROUP, "a");
    await speak(a);
    const ending = end();
    const sending = settled(a.send(text("instance.shutdown", "goodbye")));
    const [, , outcome] = await within(Promise.all([ending, a.close(), sending]), "both to end");
    demand(
      outcome === undefined || outcome instanceof TransportError,
      `what was being sent rejected with ${String(outcome)}`,
    );
  });

  check(
    "open over a connection that its owner has ended rejects with a TransportError, at once",
    async ({ a, end }) => {
      if (end === undefined) return;
      await end();
      const { handlers } = new Listener();
      const error = await rejection(a.open(contextOf(GROUP, "a"), handlers), "open over an ended connection");
      demand(error instanceof TransportError, `open over an ended connection rejected with ${String(error)}`);
    },
  );
}

/** What a promise rejects with; undefined where it resolves. */
function settled(promise: Promise<void>): Promise<Error | undefined> {
  return promise.then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
}
