import { connectAsync, type MqttClient } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { startRelay } from "../../bench/group/relay.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { instanceOf } from "../support/instance.ts";

const MESSAGES = 40;

/** Publishes, and says what became of each message. */
function publish(client: MqttClient, from: number, to: number): Promise<unknown>[] {
  return Array.from({ length: to - from }, (_, index) =>
    client.publishAsync("user/data", `${from + index}`, { qos: 1 }).then(
      () => "confirmed",
      (error: unknown) => error,
    ),
  );
}

/** Resolves when the client sends a packet of a kind. */
function packet(client: MqttClient, kind: string): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ cmd }: { readonly cmd: string }): void => {
      if (cmd !== kind) return;
      client.off("packetsend", look);
      resolve();
    };
    client.on("packetsend", look);
  });
}

test(
  "a program's own messages over a client that it brought survive broken connections, whatever becomes of ours",
  { timeout: 60_000 },
  async () => {
    const broker = await startMosquitto();
    let relay = await startRelay(broker.port);
    const { port } = relay;
    const relayed = await startRelay(broker.port);
    onTestFinished(() => relay.close());
    onTestFinished(() => relayed.close());
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 10, protocolVersion: 5 });
    onTestFinished(() => client.endAsync(true));
    const reader = await connectAsync(broker.url);
    onTestFinished(() => reader.endAsync(true));
    const reconnect = async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
      await relay.close();
      await closed;
      relay = await startRelay(broker.port, port);
    };
    const read = new Set<string>();
    const all = new Promise<void>((resolve) => {
      reader.on("message", (_, body) => {
        read.add(body.toString());
        if (read.size === 2 * MESSAGES) resolve();
      });
    });
    await reader.subscribeAsync("user/#", { qos: 1 });
    const [instance, other] = [
      instanceOf(mqtt({ client })),
      instanceOf(mqtt({ url: `mqtt://127.0.0.1:${relayed.port}`, options: { keepalive: 60 } })),
    ];
    await instance.open();
    await other.open();
    relayed.cut();
    relay.cut();
    const sending = [...publish(client, 0, MESSAGES), instance.send("lost").catch(() => "dropped")];
    await instance.log.next("the loss", ({ type }) => type === "link");
    sending.push(...publish(client, MESSAGES, 2 * MESSAGES));
    // As long as the transport waits before it tries to come up again.
    const later = other.send("lost, too").catch(() => undefined);
    const workingOff = packet(client, "publish");
    await reconnect();
    await workingOff;
    // The package works off what it holds, and is held up; the transport tries to come up meanwhile.
    relay.cut("in");
    await later;
    await reconnect();
    const outcomes = await Promise.all(sending);
    expect(outcomes.filter((outcome) => outcome !== "confirmed" && outcome !== "dropped")).toEqual([]);
    await all;
    expect(read.size).toBe(2 * MESSAGES);
  },
);
