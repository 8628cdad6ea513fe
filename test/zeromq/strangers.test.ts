import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { curveKeyPair, Publisher, Router } from "zeromq";
import { openInstance, openLeader } from "./instances.ts";
import { eventually, repeatUntil } from "../support/log.ts";
import { barePublisher, keep } from "./peers.ts";
import { freePorts, serve } from "../support/ports.ts";

describe("bytes that are no messages", () => {
  test("are dropped and counted, and what follows them is heard", async () => {
    const pubPort = await freePorts();
    const publisher = await barePublisher(`tcp://127.0.0.1:${pubPort}`);
    const follower = await openInstance({ pubPort });
    await publisher.send("instance.heartbeat");
    await publisher.send(["instance.heartbeat\0{}", "{}"]);
    await publisher.send(Buffer.concat([Buffer.from("instance.heartbeat\0"), Buffer.alloc(70_000)]));
    await publisher.send("instance.heartbeat\0good");
    await follower.heard("good");
    expect(follower.log.entries.map(({ type }) => type)).toEqual(["dropped", "dropped", "dropped", "message"]);
  });

  test("which are absurdly many cost their sender the connection, which is made anew", async () => {
    const pubPort = await freePorts();
    const publisher = await barePublisher(`tcp://127.0.0.1:${pubPort}`);
    const follower = await openInstance({ pubPort });
    await publisher.send(Buffer.concat([Buffer.from("instance."), Buffer.alloc(2 * 1024 * 1024)]));
    await follower.log.next("the end of the connection", ({ type }) => type === "unlinked");
    await repeatUntil(follower.heard("good"), () => publisher.send("instance.heartbeat\0good"));
  });
});

describe("a port that a stranger had", () => {
  const strangers = {
    "a ZeroMQ socket of another kind": async (port: number): Promise<() => void> => {
      const router = keep(new Router({ linger: 0 }));
      await eventually("the port is free", () => router.bind(`tcp://127.0.0.1:${port}`));
      return () => router.close();
    },
    "a publisher that wants encryption": async (port: number): Promise<() => void> => {
      const { secretKey } = curveKeyPair();
      const publisher = keep(new Publisher({ linger: 0, curveServer: true, curveSecretKey: secretKey }));
      await publisher.bind(`tcp://127.0.0.1:${port}`);
      return () => publisher.close();
    },
    "a server that hangs up": async (port: number): Promise<() => void> => {
      const server = createServer((socket) => socket.destroy());
      await serve(server, port);
      return () => server.close();
    },
    "a server that talks nonsense": async (port: number): Promise<() => void> => {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      });
      await serve(server, port);
      return () => server.close();
    },
  };

  test.each(Object.entries(strangers))("is subscribed to again after %s has left it", async (_, occupy) => {
    const pubPort = await freePorts();
    const leave = await occupy(pubPort);
    const follower = await openInstance({ pubPort });
    leave();
    const leader = await openInstance({ pubPort });
    await eventually("the port is free", async () => leader.transport.lead?.());
    await repeatUntil(follower.heard("here I am"), () => leader.send("here I am"));
  });

  test("is reported once, when what answers there is no publisher", async () => {
    const pubPort = await freePorts();
    await strangers["a ZeroMQ socket of another kind"](pubPort);
    const follower = await openInstance({ pubPort });
    const error = await follower.log.next("the report", ({ type }) => type === "error");
    expect(error).toMatchObject({
      message: expect.stringMatching(
        `^Cannot subscribe to tcp://127.0.0.1:${pubPort}: what answers there does not speak like a ZeroMQ publisher, or its security settings differ.*; trying again every 500 ms.$`,
      ) as string,
    });
  });
});

describe("CURVE", () => {
  const [server, client] = [curveKeyPair(), curveKeyPair()];
  const socketOptions = {
    bind: { curveServer: true, curveSecretKey: server.secretKey },
    connect: {
      curveServerKey: server.publicKey,
      curvePublicKey: client.publicKey,
      curveSecretKey: client.secretKey,
    },
  };

  test("keys are passed through: the encrypted bus carries messages and questions", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort, socketOptions });
    const follower = await openInstance({ pubPort, socketOptions });
    await leader.send("secret");
    await follower.heard("secret");
    expect(await follower.transport.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ instanceId: leader.name });
  });

  test("a subscriber without a key hears nothing", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort, socketOptions });
    const [stranger, follower] = [await openInstance({ pubPort }), await openInstance({ pubPort, socketOptions })];
    await leader.send("secret");
    await follower.heard("secret");
    await stranger.log.next("the report", ({ type }) => type === "misconfigured");
    expect(stranger.log.entries.filter(({ type }) => type === "message")).toEqual([]);
  });

  const wrong = (() => {
    const other = curveKeyPair();
    return {
      bind: { curveServer: true, curveSecretKey: other.secretKey },
      connect: { ...socketOptions.connect, curveServerKey: other.publicKey },
    };
  })();

  test("a wrong key is told on both sides, with the endpoint", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort, socketOptions });
    const follower = await openInstance({ pubPort, socketOptions: wrong });
    expect(await follower.log.next("the key", ({ type }) => type === "misconfigured")).toMatchObject({
      message: `Cannot subscribe to tcp://127.0.0.1:${pubPort}: what answers there does not speak like a ZeroMQ publisher, or its security settings differ, such as its key; give all instances the same security in socketOptions; trying again every 500 ms.`,
    });
    expect(await leader.log.next("the key", ({ type }) => type === "misconfigured")).toMatchObject({
      message: `Somebody who connects to tcp://127.0.0.1:${pubPort} cannot be talked to: its CURVE key is not the one that was meant; give all instances the same security in socketOptions. libzmq does not say who it is.`,
    });
  });

  test("a member of a mesh with a wrong key is told of by every other, once, with its endpoint", async () => {
    const ports = [await freePorts(), await freePorts(), await freePorts()];
    const peers = ports.map((port) => `tcp://127.0.0.1:${port}`);
    const [one, other, odd] = await Promise.all(
      peers.map((bind, index) => openInstance({ bind, peers, socketOptions: index === 2 ? wrong : socketOptions })),
    );
    for (const member of [one, other])
      await member?.log.next(
        "the odd one",
        (told) => told.type === "misconfigured" && told.message.startsWith(`Cannot subscribe to ${peers[2]}: `),
      );
    for (const peer of peers.slice(0, 2))
      await odd?.log.next(
        "the others",
        (told) => told.type === "misconfigured" && told.message.startsWith(`Cannot subscribe to ${peer}: `),
      );
    await one?.send("hello");
    await other?.heard("hello");
    const told = one?.log.entries.flatMap((entry) => (entry.type === "misconfigured" ? entry.message : [])) ?? [];
    expect(new Set(told).size).toBe(told.length);
  });

  test("a peer without any is told by our own engine, with its endpoint", async () => {
    const peers = [`tcp://127.0.0.1:${await freePorts()}`, `tcp://127.0.0.1:${await freePorts()}`];
    const [bind = "", secret = ""] = peers;
    const plain = await openInstance({ bind, peers, engine: "zmtp" });
    await openInstance({ bind: secret, peers, socketOptions });
    await plain.log.next(
      "where it is",
      (told) =>
        told.type === "misconfigured" &&
        told.message.startsWith(`Cannot subscribe to ${secret}: `) &&
        told.message.includes("security settings differ (it hung up in the middle of the handshake)"),
    );
  });

  test("a key that is none is refused with a sentence", async () => {
    const pubPort = await freePorts();
    await expect(
      openInstance({ pubPort, socketOptions: { connect: { curveServerKey: "no key" } } }),
    ).rejects.toMatchObject({
      code: "FAILED",
      message: "Cannot make a ZeroMQ socket: Invalid argument; see the option socketOptions.",
    });
  });
});
