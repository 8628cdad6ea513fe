import { describe, expect, test } from "vitest";
import { mqtt, type MqttOptions } from "../../transports/mqtt/index.ts";
import { loadMqtt } from "../../transports/mqtt/load.ts";
import { topicsOf } from "../../transports/mqtt/topics.ts";

describe("the options of an MQTT transport", () => {
  test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    [undefined, TypeError, "its options are undefined; give an object."],
    [{}, TypeError, "give a url to connect to, or a client of your own; one of them."],
    [{ url: "localhost" }, RangeError, 'option url is "localhost"; it must be a URL such as mqtt://localhost.'],
    [
      { url: "mqtt://a", client: {} },
      TypeError,
      "option client is an object; it must be a client of the package mqtt.",
    ],
    [{ url: "mqtt://a", prefix: "a/#" }, RangeError, 'option prefix is "a/#"; it must be 1 to 128 characters'],
    [
      { url: "mqtt://a", wil: 1 },
      TypeError,
      "there is no option wil; the options are url, client, cluster, options, prefix.",
    ],
    [{ url: "mqtt://a", options: { will: {} } }, TypeError, "options.will is not yours to set, because the will says"],
    [{ url: "mqtt://a", options: { clean: false } }, TypeError, "options.clean is not yours to set"],
    [
      { url: "mqtt://a", options: { protocolVersion: 3 } },
      RangeError,
      "options.protocolVersion is 3; it must be 5, or 4",
    ],
    [{ url: "mqtt://a?clientId=me" }, TypeError, "the url has a clientId, which is not yours to set"],
    [
      { url: "mqtt://a", options: { protocol: "mqtss" } },
      TypeError,
      "options.protocol is not yours to set, because it belongs",
    ],
    [
      { url: "mqtt://a", options: { servers: [{ host: "b", protocol: "mqtss" }] } },
      RangeError,
      "options.servers is an object; it must be an array of { host, port, protocol }",
    ],
    [
      { url: "mqtt://a", options: { keepalive: "10" } },
      RangeError,
      'options.keepalive is "10"; it must be a whole number',
    ],
    [{ url: "mqtt://a", options: { keepalive: 0 } }, RangeError, "options.keepalive is 0; it must be a whole number"],
    [
      { url: "mqtt://a", options: { username: "a\u0001" } },
      RangeError,
      "options.username is another value; it must be",
    ],
    [{ url: "mqtt://a", options: { password: 7 } }, RangeError, "options.password is another value; it must be"],
    [
      { url: "mqtt://a", prefix: "a\u0007" },
      RangeError,
      'option prefix is "a\\u0007"; it must be without control characters',
    ],
    [{ url: "mqtt://a", cluster: "yes" }, TypeError, 'option cluster is "yes"; it must be true or false.'],
    ...["maximumPacketSize", "receiveMaximum", "sessionExpiryInterval"].map(
      (name): [unknown, typeof TypeError, string] => [
        { url: "mqtt://a", options: { properties: { [name]: 100 } } },
        TypeError,
        `options.properties.${name} is not yours to set, because`,
      ],
    ),
  ])("%j is refused with a sentence", (options, kind, sentence) => {
    const refused = expect(() => mqtt(options as MqttOptions));
    refused.toThrow(kind);
    refused.toThrow(`Cannot make an MQTT transport: ${sentence}`);
  });

  test.each(["mqtss", "mqtt+ssl", "https", "http", "wsss", "secure", "amqp", "constructor"])(
    "the scheme %s is refused, and what may be a password is not repeated",
    (scheme) => {
      const make = (): unknown => mqtt({ url: `${scheme}://me:secret@broker` });
      expect(make).toThrow(`option url has the scheme ${scheme}; it must be one of mqtt, mqtts, `);
      expect(make).not.toThrow("secret");
    },
  );

  test("what is no URL is not repeated where it may have a password", () => {
    expect(() => mqtt({ url: "me:secret@broker" })).toThrow("option url is no URL; it must be");
  });

  test.each(["mqtt", "MQTTS", "tcp", "tls", "ssl", "ws", "wss"])("the scheme %s is taken", (scheme) => {
    expect(mqtt({ url: `${scheme}://broker` }).name).toBe("mqtt");
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
