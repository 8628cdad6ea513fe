import process from "node:process";
import { describe, expect, test } from "vitest";
import { mqtt } from "../../transports/mqtt/index.ts";
import { makeCertificate } from "../brokers/certificate.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import type { Broker } from "../brokers/process.ts";
import { instanceOf } from "../support/instance.ts";

const PATIENT = { timeout: 30_000 };

/** So many sockets are open in this process. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap|TLSWrap|TCPConnectWrap/.test(name)).length;
}

async function plain(): Promise<{ broker: Broker; url: string; options: Record<string, unknown> }> {
  const broker = await startMosquitto();
  return { broker, url: broker.url, options: {} };
}

async function encrypted(): Promise<{ broker: Broker; url: string; options: Record<string, unknown> }> {
  const { certFile, keyFile, pem } = makeCertificate();
  const broker = await startMosquitto(["allow_anonymous true", `certfile ${certFile}`, `keyfile ${keyFile}`]);
  return { broker, url: broker.url.replace("mqtt:", "mqtts:"), options: { ca: pem } };
}

describe.each([
  ["a plain connection", plain],
  ["an encrypted one", encrypted],
])("when close resolves, no socket is left of %s", (_, start) => {
  test.each<[string, (instance: ReturnType<typeof instanceOf>, broker: Broker) => Promise<unknown>]>([
    ["to a broker that answers", () => Promise.resolve()],
    ["to a broker that hangs", (_, broker) => broker.stop()],
    [
      "to a broker that hangs while much is to be sent",
      async (instance, broker) => {
        await broker.stop();
        for (let count = 0; count < 100; count += 1)
          instance.transport
            .send({ topic: "instance.heartbeat", body: new Uint8Array(60_000).fill(count) })
            .catch(() => undefined);
      },
    ],
    [
      "that is being made again",
      async (instance, broker) => {
        await broker.stop();
        await instance.log.next("the loss", ({ type }) => type === "link");
      },
    ],
  ])("%s", PATIENT, async (_, trouble) => {
    const { broker, url, options } = await start();
    const before = sockets();
    const instance = instanceOf(mqtt({ url, options }));
    await instance.open();
    expect(sockets()).toBeGreaterThan(before);
    await trouble(instance, broker);
    await instance.transport.close();
    expect(sockets()).toBe(before);
  });
});
