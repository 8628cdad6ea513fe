/** What one opened transport has reported. */

import type { BusMessage, Transport, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { demand, LIMIT, within } from "./expect.ts";

export class Listener {
  readonly messages: BusMessage[] = [];
  readonly links: { readonly up: boolean; readonly connection: number }[] = [];
  audiences = 0;
  readonly errors: Error[] = [];
  readonly #waiting = new Set<() => void>();

  readonly handlers: TransportHandlers = {
    message: (message) => {
      // Copied: a transport may use its buffer again.
      this.#took(() => this.messages.push({ topic: message.topic, body: message.body.slice() }));
    },
    link: (up, connection) => this.#took(() => this.links.push({ up, connection })),
    unlinked: () => undefined,
    recorded: () => true,
    audience: () => this.#took(() => (this.audiences += 1)),
    asked: () => ({ instanceId: "conformance", uptime: "0s" }),
    dropped: () => undefined,
    misconfigured: () => undefined,
    error: (error) => this.#took(() => this.errors.push(error)),
  };

  #took(note: () => unknown): void {
    note();
    for (const look of [...this.#waiting]) look();
  }

  /** Waits until what was reported is as wanted. */
  async until(condition: () => boolean, what: string, limit: number = LIMIT): Promise<void> {
    if (condition()) return;
    let look = (): void => undefined;
    const met = new Promise<void>((resolve) => {
      look = () => {
        if (condition()) resolve();
      };
      this.#waiting.add(look);
    });
    try {
      await within(met, what, limit);
    } finally {
      this.#waiting.delete(look);
    }
  }

  /** The bodies heard on a topic, as text. */
  heard(topic: string): string[] {
    return this.messages.filter((message) => message.topic === topic).map(({ body }) => decoder.decode(body));
  }

  async untilHeard(topic: string, text: string): Promise<void> {
    await this.until(() => this.heard(topic).includes(text), `"${text}" on ${topic}`);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function text(topic: string, body: string): BusMessage {
  return { topic, body: encoder.encode(body) };
}

/** Opens a transport in a group and listens to it. */
export async function open(transport: Transport, group: string, name: string): Promise<Listener> {
  const listener = new Listener();
  await within(transport.open(contextOf(group, name), listener.handlers), `${name} to open`);
  return listener;
}

export function contextOf(group: string, name: string): TransportContext {
  return { group, instanceId: name, incarnation: `${name}-1`, heartbeatInterval: 100, heartbeatTimeout: 450 };
}

/** Makes a transport able to send: takes the publishing side, where only one may have it. */
export async function speak(transport: Transport): Promise<void> {
  if (transport.capabilities.publish !== "primary") return;
  demand(transport.lead !== undefined, "only the primary may publish, but there is no lead()");
  await within(transport.lead(), "lead() to take the publishing side");
}

/**
 * Sends until somebody who was there first has heard it: a bus without a broker connects a listener to a speaker that comes
 * later only after a while, and drops what is sent before.
 */
export async function meet(speaker: Transport, listener: Listener): Promise<void> {
  const began = performance.now();
  for (let attempt = 0; listener.heard("instance.probe").length === 0; attempt += 1) {
    demand(
      performance.now() - began < LIMIT,
      `Waited ${LIMIT} ms in vain for a listener that came first to hear a speaker.`,
    );
    await within(speaker.send(text("instance.probe", `attempt ${attempt}`)), "a message to be sent");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
