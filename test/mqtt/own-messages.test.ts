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

test(
  "a program's own messages over a client that it brought survive broken connections, whatever becomes of ours",
  { timeout: 60_000 },
  async () => {
    const broker = await startMosquitto();
    let relay = await startRelay(broker.port);
    const { port } = relay;
    onTestFinished(() => relay.close());
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 10, protocolVersion: 5 });
    onTestFinished(() => client.endAsync(true));
    const reader = await connectAsync(broker.url);
    onTestFinished(() => reader.endAsync(true));
    const read = new Set<string>();
    const all = new Promise<void>((resolve) => {
      reader.on("message", (_, body) => {
        read.add(body.toString());
        if (read.size === 2 * MESSAGES) resolve();
      });
    });
    await reader.subscribeAsync("user/#", { qos: 1 });
    const instance = instanceOf(mqtt({ client }));
    await instance.open();
    relay.cut();
    const sending = [
      ...publish(client, 0, MESSAGES),
      instance.send("lost").catch(() => "dropped"),
      ...publish(client, MESSAGES, 2 * MESSAGES),
    ];
    // Three times the package works off what it holds, and is broken off; ours come among the rest as soon as it is connected.
    for (let round = 0; round < 3; round += 1) {
      const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
      await relay.close();
      await closed;
      relay = await startRelay(broker.port, port);
      await new Promise<void>((resolve) => {
        const stop = (): void => {
          client.off("packetsend", onSent);
          resolve();
        };
        let sent = 0;
        const onSent = ({ cmd }: { cmd: string }): void => {
          if (cmd === "publish" && (sent += 1) === 5) stop();
        };
        client.on("packetsend", onSent);
      });
      relay.cut("in");
      for (let count = 0; count < 5; count += 1) instance.send("lost, too").catch(() => undefined);
    }
    relay.heal();
    const outcomes = await Promise.all(sending);
    expect(outcomes.filter((outcome) => outcome !== "confirmed" && outcome !== "dropped")).toEqual([]);
    await all;
    expect(read.size).toBe(2 * MESSAGES);
  },
);
