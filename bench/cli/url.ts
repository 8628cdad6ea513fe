/** Where a broker is, as a command line says it. */

import { Refusal } from "./refusal.ts";
import { withoutSecrets } from "./secrets.ts";

/** Where brokers listen unless an address says otherwise. */
const PORTS: Readonly<Partial<Record<string, number>>> = { nats: 4222, mqtt: 1883 };

/**
 * A broker's address, with its port; empty where a transport has no broker.
 * @throws {Refusal} for one that is missing, that is none, or that nobody asked for
 */
export function urlOf(transport: string, text: string | undefined): string {
  const port = PORTS[transport];
  if (port === undefined) {
    if (text === undefined) return "";
    throw new Refusal(`--url is ${withoutSecrets(text)}, but --transport ${transport} has no broker; leave it out.`);
  }
  if (text === undefined)
    throw new Refusal(
      `--transport ${transport} needs a running broker, and --url is missing; say where it is, such as --url ${transport}://localhost:${port}.`,
    );
  const address = text.includes("://") ? text : `${transport}://${text}`;
  if (!isAddress(address))
    throw new Refusal(
      `--url is ${JSON.stringify(withoutSecrets(text))}; it must be an address, such as ${transport}://localhost:${port}.`,
    );
  const url = new URL(address);
  if (url.port === "") url.port = String(url.protocol === "mqtts:" ? 8883 : port);
  return url.href;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, username, password } = new URL(text);
  // A percent sign that begins no byte cannot be read by who logs in.
  return hostname !== "" && !/%(?![\da-f]{2})/i.test(username + password);
}
