/** A bus that refuses is no bus that is gone: the connection stands, and one day it refuses no more. */

import { TransportError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";
import { demand, rejection, within } from "./expect.ts";
import type { Check } from "./index.ts";
import { meet, open, speak, text } from "./listener.ts";

const GROUP = "refused";
const TOPIC = "instance.heartbeat";
const PATIENCE = 10_000;

export function asksAboutRefusal(check: Check): void {
  check("what the bus refuses is told and not acknowledged, and works again once it is allowed", async (fixture) => {
    const { a, b, refusal } = fixture;
    if (refusal === undefined) return;
    const listening = await open(b, GROUP, "b");
    const told = await open(a, GROUP, "a");
    await speak(a);
    await meet(a, listening);
    await refusal.refuse();
    const error = await rejection(
      untilRefused(() => a.send(text(TOPIC, "refused"))),
      "send where that is refused",
      PATIENCE,
    );
    demand(error instanceof TransportError, `send where that is refused rejected with ${String(error)}`);
    await told.until(() => told.errors.length > 0, "error() when the bus refuses", PATIENCE);
    const raw = told.errors.filter((error) => !(error instanceof TransportError));
    demand(raw.length === 0, `error() got ${raw.map(String).join(", ")}, and not a TransportError`);
    await refusal.allow();
    await within(untilAllowed(a), "send to be allowed again", PATIENCE);
    await listening.untilHeard(TOPIC, "allowed again");
  });
}

/** The refusal is over when a message is acknowledged. */
async function untilAllowed(transport: Transport): Promise<void> {
  for (;;)
    try {
      await transport.send(text(TOPIC, "allowed again"));
      return;
    } catch {
      // Not yet.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

/** Nobody tells from when on a bus refuses. */
async function untilRefused(send: () => Promise<void>): Promise<never> {
  for (;;) {
    await send();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
