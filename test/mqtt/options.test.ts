import { describe, expect, test } from "vitest";
import { mqtt, type MqttOptions } from "../../transports/mqtt/index.ts";
import { loadMqtt } from "../../transports/mqtt/load.ts";
import { topicsOf } from "../../transports/mqtt/topics.ts";

describe("the options of an MQTT transport", () => {
  test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    [undefined, TypeError, "its options are undefined; give an object."],
    [{}, TypeError, "give a url to connect to, or a client of your own; one of them."],
    [{ url: "localhost" }, RangeError, 'option url is "localhost"; it must be a URL such as mqtt://localhost:1883.'],
    [
      { url: "mqtt://a", client: {} },
      TypeError,
      "option client is an object; it must be a client of the package mqtt.",
    ],
    [{ url: "mqtt://a", prefix: "a/#" }, RangeError, 'option prefix is "a/#"; it must be 1 to 128 characters'],
    [{ url: "mqtt://a", wil: 1 }, TypeError, "there is no option wil; the options are url, client, options, prefix."],
    [{ url: "mqtt://a", options: { will: {} } }, TypeError, "options.will is not yours to set, because the will says"],
    [{ url: "mqtt://a", options: { clean: false } }, TypeError, "options.clean is not yours to set"],
    [
      { url: "mqtt://a", options: { protocolVersion: 3 } },
      RangeError,
      "options.protocolVersion is 3; it must be 5, or 4",
    ],
  ])("%j is refused with a sentence", (options, kind, sentence) => {
    const refused = expect(() => mqtt(options as MqttOptions));
    refused.toThrow(kind);
    refused.toThrow(`Cannot make an MQTT transport: ${sentence}`);
  });

  test("a missing package is named with the command that brings it", async () => {
    const missing = Object.assign(new Error("Cannot find package 'mqtt'"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadMqtt(() => Promise.reject(missing))).rejects.toMatchObject({
      code: "MISSING_PACKAGE",
      message: "Cannot open the MQTT transport: the package mqtt is not installed; run: npm install mqtt",
    });
  });
});

describe("topics", () => {
  test("follow from prefix and group, and back", () => {
    const topics = topicsOf("failover", "billing");
    expect(topics.of("instance.heartbeat")).toBe("failover/billing/instance/heartbeat");
    expect(topics.named("failover/billing/instance/heartbeat")).toBe("instance.heartbeat");
    expect(topics.named("failover/billing2/instance/heartbeat")).toBeUndefined();
    expect(topics.all).toBe("failover/billing/instance/+");
  });
});
