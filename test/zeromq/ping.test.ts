import { describe, expect, test } from "vitest";
import { answerQuestion, decodePong, encodePing } from "../../transports/ping.ts";
import { makeInstance, openInstance, openLeader } from "./instances.ts";
import { createLog } from "../support/log.ts";
import { spawnLeader } from "./leader.ts";
import { bareAsker, bareResponder } from "./peers.ts";
import { freePorts } from "../support/ports.ts";

/** A question that nobody takes back. */
const NEVER = new AbortController().signal;

const encoder = new TextEncoder();
const asked = (): { instanceId: string; uptime: string } => ({ instanceId: "a", uptime: "1m3s" });

function answerTo(question: string): unknown {
  const answer = answerQuestion(encoder.encode(question), asked);
  return answer && JSON.parse(new TextDecoder().decode(answer));
}

describe("JSON-RPC", () => {
  test.each([
    [
      `{"jsonrpc":"2.0","id":"7","method":"instance.ping"}`,
      { id: "7", result: { status: "ok", instance_id: "a", uptime: "1m3s" } },
    ],
    [
      `{"jsonrpc":"2.0","id":7,"method":"instance.ping","params":{}}`,
      { id: 7, result: { status: "ok", instance_id: "a", uptime: "1m3s" } },
    ],
    [
      `{"jsonrpc":"2.0","id":"7","method":"instance.stop"}`,
      { id: "7", error: { code: -32_601, message: "Method not found" } },
    ],
    [
      `{"jsonrpc":"1.0","id":"7","method":"instance.ping"}`,
      { id: null, error: { code: -32_600, message: "Invalid Request" } },
    ],
    [`[]`, { id: null, error: { code: -32_600, message: "Invalid Request" } }],
    [`null`, { id: null, error: { code: -32_600, message: "Invalid Request" } }],
    [`{"jsonrpc":`, { id: null, error: { code: -32_700, message: "Parse error" } }],
    [``, { id: null, error: { code: -32_700, message: "Parse error" } }],
  ])("%s is answered as the specification says", (question, answer) => {
    expect(answerTo(question)).toEqual({ jsonrpc: "2.0", ...answer });
  });

  test("a notification is not answered", () => {
    expect(answerTo(`{"jsonrpc":"2.0","method":"instance.ping"}`)).toBeUndefined();
  });

  test.each([
    [
      "of the reference",
      `{"jsonrpc":"2.0","id":"1","result":{"status":"ok","instance_id":"go","uptime":"5s"}}`,
      { instanceId: "go" },
    ],
    [
      "with our fields",
      `{"jsonrpc":"2.0","id":"1","result":{"status":"ok","instance_id":"ts","incarnation":"n","term":3}}`,
      { instanceId: "ts", incarnation: "n", term: 3 },
    ],
    ["to another question", `{"jsonrpc":"2.0","id":"2","result":{"status":"ok","instance_id":"go"}}`, undefined],
    ["that is an error", `{"jsonrpc":"2.0","id":"1","error":{"code":-32601,"message":"Method not found"}}`, undefined],
    [
      "of somebody who is not well",
      `{"jsonrpc":"2.0","id":"1","result":{"status":"stopping","instance_id":"go"}}`,
      undefined,
    ],
    [
      "with an absurd term",
      `{"jsonrpc":"2.0","id":"1","result":{"status":"ok","instance_id":"go","term":-1}}`,
      undefined,
    ],
    ["that is a question", new TextDecoder().decode(encodePing("1")), undefined],
    ["that is no JSON", "pong", undefined],
  ])("an answer %s", (_, bytes, answer) => {
    expect(decodePong(encoder.encode(bytes), "1")).toEqual(answer);
  });
});

describe("instance.ping", () => {
  test("of a bare DEALER is answered by the primary, in the reference's frames", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const { ask, log } = bareAsker(`tcp://127.0.0.1:${pubPort + 1}`);
    await ask("", `{"jsonrpc":"2.0","id":"42","method":"instance.ping"}`);
    const [empty, answer, ...more] = await log.next("the answer", () => true);
    expect(empty).toHaveLength(0);
    expect(more).toEqual([]);
    const { incarnation } = leader.context;
    expect(JSON.parse(String(answer))).toEqual({
      jsonrpc: "2.0",
      id: "42",
      result: { status: "ok", instance_id: leader.name, uptime: "1m3s", incarnation, term: 7 },
    });
  });

  test("survives whatever else it is sent", async () => {
    const pubPort = await freePorts();
    await openLeader({ pubPort });
    const { ask, log } = bareAsker(`tcp://127.0.0.1:${pubPort + 1}`);
    await ask("no empty frame");
    await ask("", "one", "too many");
    await ask("");
    await ask("", Uint8Array.of(0xff, 0xfe));
    await ask("", `{"jsonrpc":"2.0","id":"last","method":"instance.ping"}`);
    const answers = (): unknown[] => log.entries.map(([, answer]) => JSON.parse(String(answer)) as unknown);
    await log.next("the last answer", ([, answer]) => String(answer).includes(`"last"`));
    expect(answers()).toMatchObject([{ error: { code: -32_700 } }, { id: "last", result: { status: "ok" } }]);
  });

  test("of ours finds the primary, and nobody once it follows", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const follower = await openInstance({ pubPort });
    const { incarnation } = leader.context;
    expect(await follower.transport.probe?.(NEVER)).toEqual({ instanceId: leader.name, incarnation, term: 7 });
    await leader.transport.follow?.();
    expect(await follower.transport.probe?.(NEVER)).toBeUndefined();
  });

  test("of ours understands the reference's answer", async () => {
    const pubPort = await freePorts();
    bareResponder(`tcp://127.0.0.1:${pubPort + 1}`, (question) => {
      const { id } = JSON.parse(question) as { id: unknown };
      return ["", JSON.stringify({ jsonrpc: "2.0", id, result: { status: "ok", instance_id: "go", uptime: "5s" } })];
    });
    const follower = await openInstance({ pubPort });
    expect(await follower.transport.probe?.(NEVER)).toEqual({ instanceId: "go" });
  });

  test("of ours takes nonsense for no answer", async () => {
    const pubPort = await freePorts();
    bareResponder(`tcp://127.0.0.1:${pubPort + 1}`, () => ["", "pong"]);
    const follower = await openInstance({ pubPort });
    expect(await follower.transport.probe?.(NEVER)).toBeUndefined();
  });

  test("of ours ends with its signal, or with the transport, when somebody is there who does not answer", async () => {
    const pubPort = await freePorts();
    const questions = createLog<string>();
    bareResponder(`tcp://127.0.0.1:${pubPort + 1}`, (question) => {
      questions.add(question);
      return undefined;
    });
    const follower = await openInstance({ pubPort });
    expect(await follower.transport.probe?.(AbortSignal.abort())).toBeUndefined();
    const wait = new AbortController();
    const first = follower.transport.probe?.(wait.signal);
    await questions.next("the first question", () => questions.entries.length === 1);
    wait.abort();
    expect(await first).toBeUndefined();
    const second = follower.transport.probe?.(NEVER);
    await questions.next("the second question", () => questions.entries.length === 2);
    await follower.transport.close();
    expect(await second).toBeUndefined();
  });

  test("of ours ends with a process that stands still before it was connected", async () => {
    const pubPort = await freePorts();
    const leader = await spawnLeader(pubPort);
    const follower = await openInstance({ pubPort });
    await leader.stop();
    expect(await follower.transport.probe?.(NEVER)).toBeUndefined();
  });

  test("is refused with a sentence before the transport is open", async () => {
    const { transport } = makeInstance({ pubPort: await freePorts() });
    await expect(transport.probe?.(NEVER)).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: "Cannot probe on the ZeroMQ transport: it is not open; open it first.",
    });
  });
});
