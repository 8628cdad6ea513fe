/** What a server refuses, out of what the packages tell: `nats` 2 and `@nats-io/transport-node` 3 say it each in its own way. */

import * as v from "valibot";
import { inboxOf, type NatsConnection, type Status } from "./connection.ts";

/** A subject that the server does not let this connection use. */
export interface Refusal {
  readonly operation: "publish" | "subscription";
  readonly subject: string;
}

const Permission = v.object({ operation: v.picklist(["publish", "subscription"]), subject: v.string() });

/** Where a refusal is found: version 2 puts it beside its codes, version 3 into an error of its own, or that into a cause. */
const Telling = v.object({
  permissionContext: v.fallback(v.optional(Permission), undefined),
  error: v.fallback(v.optional(Permission), undefined),
  cause: v.fallback(v.optional(Permission), undefined),
});

/** @param told an item of a connection's status, or an error */
export function refusalOf(told: unknown): Refusal | undefined {
  if (v.is(Permission, told)) return { operation: told.operation, subject: told.subject };
  const telling = v.safeParse(Telling, told);
  if (!telling.success) return undefined;
  const { permissionContext, error, cause } = telling.output;
  return permissionContext ?? error ?? cause;
}

const Sentence = v.object({ message: v.string() });
const Failure = v.object({
  error: v.fallback(v.optional(Sentence), undefined),
  data: v.fallback(v.optional(v.string()), undefined),
});
/** Version 2 tells a code only, and keeps what the server said. */
const Kept = v.object({ protocol: v.object({ lastError: Sentence }) });

/** What the server said, without the quotes of its protocol. */
export function complaintOf(status: Status, connection: NatsConnection): string {
  const { error, data } = v.parse(Failure, status);
  const kept = v.safeParse(Kept, connection);
  const text = error?.message ?? (kept.success ? kept.output.protocol.lastError.message : data);
  return text?.replaceAll(/^'|'$/g, "") ?? "no reason given";
}

/** As part of a sentence. An inbox has another name with every attempt, which says nothing. */
export function sentenceOf({ operation, subject }: Refusal, connection: NatsConnection): string {
  const inbox = `${inboxOf(connection)}.`;
  const named = subject.startsWith(inbox) ? `${inbox}>` : subject;
  return `the server does not let it ${operation === "publish" ? "publish" : "subscribe"} to ${named}`;
}
