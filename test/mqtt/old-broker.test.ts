import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { describe, expect, onTestFinished, test } from "vitest";
import { mqtt } from "../../transports/mqtt/index.ts";
import { instanceOf } from "../support/instance.ts";

/** Starts a broker that speaks MQTT 3.1.1 and nothing newer. */
async function startOldBroker(): Promise<string> {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await new Promise<void>((closed) => broker.close(closed));
    await new Promise((closed) => server.close(closed));
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a broker of MQTT 3.1.1", () => {
  test("refuses MQTT 5, and open says which option it takes", async () => {
    const url = await startOldBroker();
    await expect(instanceOf(mqtt({ url })).open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringContaining("options: { protocolVersion: 4 } is for brokers of MQTT 3.1.1") as string,
    });
  });

  test("serves with that option, wills included", async () => {
    const url = await startOldBroker();
    const make = (): ReturnType<typeof instanceOf> => instanceOf(mqtt({ url, options: { protocolVersion: 4 } }));
    const [one, other] = [make(), make()];
    await one.open();
    await other.open();
    await one.send("hello");
    await other.heard("hello");
  });
});
