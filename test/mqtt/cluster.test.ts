import { connectAsync } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Watcher } from "../../src/index.ts";
import { mqtt } from "../../transports/mqtt/index.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";

test("with cluster: true nothing is said to exclude a second primary, over either kind of connection", async () => {
  const { url } = await startMosquitto();
  const client = await connectAsync(url);
  onTestFinished(() => client.endAsync(true));
  for (const place of [{ url }, { client }])
    for (const cluster of [undefined, false, true]) {
      const transport = mqtt({ ...place, ...(cluster === undefined ? {} : { cluster }) });
      const watcher = new Watcher({ transport, logger: silentLogger });
      onTestFinished(() => watcher.shutdown());
      await watcher.start();
      expect(watcher.status().exclusive).toBe(cluster !== true);
      expect(transport.capabilities.barrier).toBe(cluster !== true);
    }
});
