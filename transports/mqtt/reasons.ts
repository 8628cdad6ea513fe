/** Why a broker, or the way to it, refused: in words. */

/** MQTT 5, section 2.4; below 0x80 the return codes of MQTT 3.1.1 (section 3.2.2.3) that do not collide. */
const REASONS: Readonly<Record<number, string>> = {
  0x04: "disconnected with will",
  0x80: "unspecified error",
  0x81: "malformed packet",
  0x82: "protocol error",
  0x83: "implementation specific error",
  0x87: "not authorized",
  0x89: "server busy",
  0x8b: "server shutting down",
  0x8d: "keep alive timeout",
  0x8e: "session taken over: another client connected with the same client id",
  0x8f: "topic filter invalid",
  0x90: "topic name invalid",
  0x93: "receive maximum exceeded",
  0x94: "topic alias invalid",
  0x95: "packet too large",
  0x96: "message rate too high",
  0x97: "quota exceeded",
  0x98: "administrative action",
  0x99: "payload format invalid",
  0x9a: "retain not supported",
  0x9b: "QoS not supported",
  0x9c: "use another server",
  0x9d: "server moved",
  0x9e: "shared subscriptions not supported",
  0x9f: "connection rate exceeded",
  0xa0: "maximum connect time",
  0xa1: "subscription identifiers not supported",
  0xa2: "wildcard subscriptions not supported",
};

/** A reason code, and what the broker says besides. */
export function reasonOf(code: number, properties?: object): string {
  const hex = hexOf(code);
  const { reasonString } = (properties ?? {}) as { readonly reasonString?: unknown };
  const said = typeof reasonString === "string" && reasonString !== "" ? `: ${reasonString}` : "";
  const known = REASONS[code];
  return known === undefined ? `reason ${hex}${said}` : `${known} (${hex})${said}`;
}

function hexOf(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}

/** How a broker says that it does not speak this version: in MQTT 3.1.1 (section 3.2.2.3) and in MQTT 5 (section 3.2.2.2). */
const UNSPOKEN_VERSION: ReadonlySet<unknown> = new Set([0x01, 0x84]);

/** What an error of the package, or of the socket underneath, says. */
export function textOf(error: Error): string {
  // Where several addresses were tried, the error has a code and no message.
  const { message, code = error.name }: Error & { readonly code?: string | number } = error;
  const advice = UNSPOKEN_VERSION.has(code) ? " (options: { protocolVersion: 4 } is for brokers of MQTT 3.1.1)" : "";
  const hex = typeof code === "number" && code >= 0x80 ? ` (${hexOf(code)})` : "";
  return `${message === "" ? code : message}${hex}${advice}`;
}

/** What the broker said with a message that it refused. */
export function refusalOf(error: Error, packet: unknown): string {
  const { reasonCode, properties } = (packet ?? {}) as { readonly reasonCode?: unknown; readonly properties?: object };
  return typeof reasonCode === "number" && reasonCode >= 0x80 ? reasonOf(reasonCode, properties) : textOf(error);
}
