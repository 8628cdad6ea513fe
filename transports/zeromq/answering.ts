/** Answering `instance.ping` at an endpoint, from whenever it can be had. */

import { asError } from "../../src/errors.ts";
import type { TransportHandlers } from "../../src/transport.ts";
import type { Engine, Responder } from "./engine.ts";
import { answerQuestion } from "../ping.ts";

/** Between two attempts to have a taken endpoint, in milliseconds. */
const RETRY = 1_000;

export interface Answering {
  close(): Promise<void>;
}

/**
 * Resolves after the first attempt. A primary that cannot be asked is still a primary: where the endpoint is taken, that is
 * reported once, and tried again.
 */
export async function answerPings(
  engine: Engine,
  endpoint: string,
  handlers: Pick<TransportHandlers, "asked" | "error">,
): Promise<Answering> {
  let responder: Responder | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let reported = false;

  async function attempt(): Promise<void> {
    try {
      responder = await engine.answer(endpoint, (question) => answerQuestion(question, handlers.asked));
    } catch (error) {
      if (!reported) handlers.error(asError(error));
      reported = true;
      if (!closed) retrying = setTimeout(retry, RETRY);
    }
  }

  function retry(): void {
    trying = attempt();
  }

  let trying = attempt();
  await trying;
  return {
    async close() {
      closed = true;
      clearTimeout(retrying);
      await trying;
      await responder?.close();
    },
  };
}
