/** Which broker it is. */

import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { loadMqtt } from "../../transports/mqtt/load.ts";
import type { Broker } from "./environment.ts";
import { Refusal } from "./refusal.ts";
import { withoutSecrets } from "./secrets.ts";

/** How long a broker may take to say who it is, in milliseconds. */
const PATIENCE = 5_000;

/** How long one that answers may take to tell its version: not every one does. */
const VERSION_PATIENCE = 500;

/**
 * Asks a broker for its name and version.
 * @throws {Refusal} (rejects) where nobody answers at that address
 */
export async function askBroker(transport: string, url: string): Promise<Broker> {
  if (transport !== "nats" && transport !== "mqtt") return null;
  try {
    return await (transport === "nats" ? askNats(url) : askMqtt(url));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `Cannot reach a broker at --url ${withoutSecrets(url)}: ${why}. Start one, or name another address: nats-server listens on nats://localhost:4222, mosquitto on mqtt://localhost:1883.`,
    );
  }
}

const Info = v.pipe(
  v.string(),
  v.regex(/^INFO /),
  v.transform((line) => line.slice("INFO ".length)),
  v.parseJson(),
  v.object({ version: v.string() }),
);

/** A NATS server says first who it is (NATS client protocol, INFO). */
async function askNats(url: string): Promise<Broker> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    const lines = createInterface({ input: socket });
    const failed = once(socket, "error").then(([error]) => Promise.reject(error as Error));
    const told = once(lines, "line", { signal: AbortSignal.timeout(PATIENCE) });
    const [line] = (await Promise.race([told, failed])) as unknown[];
    return { name: "nats-server", version: v.parse(Info, line).version };
  } finally {
    socket.destroy();
  }
}

/** Most brokers keep their version where mosquitto does. */
async function askMqtt(url: string): Promise<Broker> {
  const { connect: open } = await loadMqtt();
  const client = open(url, { connectTimeout: PATIENCE, reconnectPeriod: 0 });
  try {
    await new Promise<void>((resolve, reject) => {
      client.on("connect", () => resolve());
      client.on("error", reject);
      client.on("close", () => reject(new Error("the connection was closed")));
    });
    const version = await new Promise<string>((resolve) => {
      setTimeout(() => resolve("unknown"), VERSION_PATIENCE);
      client.on("message", (_, body) => resolve(new TextDecoder().decode(body)));
      client.subscribe({ "$SYS/broker/version": { qos: 0, nl: false, rap: false, rh: 0 } }, {}, () => undefined);
    });
    const [, name = "MQTT broker", number = version] = /^(\S+) version (\S+)$/.exec(version) ?? [];
    return { name, version: number };
  } finally {
    await client.endAsync(true);
  }
}
