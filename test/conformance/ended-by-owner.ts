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
    const sending = a.send(text("instance.heartbeat", "the last")).catch((error: unknown) => error);
    await within(end(), "the owner to end the connection");
    const outcome = await within(sending, "what was being sent to settle");
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
    const sending = a.send(text("instance.shutdown", "goodbye")).catch(() => undefined);
    await within(Promise.all([end(), a.close(), sending]), "both to end");
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
