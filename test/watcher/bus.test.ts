import { expect, test } from "vitest";
import { busTransport } from "../../src/bus.ts";
import { encodeJson } from "../../src/json.ts";

test.each([
  ["no JSON", new Uint8Array([0xff])],
  ["no object", encodeJson(null)],
  ["an envelope without a payload", encodeJson({ topic: "instance.heartbeat" })],
])("what is to be sent over a program's own bus and is %s is refused, and nothing is published", async (_, body) => {
  const published: string[] = [];
  const transport = busTransport({
    publisher: {
      publish: (topic) => {
        published.push(topic);
        return Promise.resolve();
      },
    },
  });
  await transport.open({ group: "default" } as Parameters<typeof transport.open>[0], {} as never);
  await expect(transport.send({ topic: "instance.heartbeat", body })).rejects.toThrow("is no envelope with a payload");
  expect(published).toEqual([]);
});
