import { readdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { nats, type NatsOptions } from "../../transports/nats/index.ts";
import { makeCertificate } from "../brokers/certificate.ts";
import { startNats, startNatsFor } from "../brokers/nats.ts";
import { instanceOf, type Told } from "../support/instance.ts";
import { eventually } from "../support/log.ts";
import { candidate } from "./candidate.ts";

const PATIENT = { timeout: 60_000 };
const user = { user: "one", pass: "secret" };

const link =
  (up: boolean) =>
  (told: Told): boolean =>
    told.type === "link" && told.up === up;

describe("a password that is wrong for a while", () => {
  test("ends no connection of our own: it is told, and the bus works on when it is right again", PATIENT, async () => {
    const broker = await startNatsFor({ one: {} });
    const one = instanceOf(nats({ servers: broker.url, options: user }));
    await one.open();
    const down = one.log.next("the link down", link(false));
    broker.allow({ one: {} }, "another");
    await down;
    // The package gave up at the second refusal.
    const complaints = (): Told[] => one.log.entries.filter(({ type }) => type === "error");
    await one.log.next("the refusal", ({ type }) => type === "error");
    await broker.restart();
    await broker.restart();
    expect(complaints()).toEqual([
      { type: "error", message: expect.stringContaining("Authorization Violation") as string },
    ]);
    const up = one.log.next("the link up", link(true));
    broker.allow({ one: {} });
    await up;
    await one.send("after");
  });

  test("ends no lease's connection either", PATIENT, async () => {
    const broker = await startNatsFor({ one: {} });
    const a = await candidate("a", { servers: broker.url, options: user });
    await a.win();
    broker.allow({ one: {} }, "another");
    await a.log.next("the loss", ({ type }) => type === "lost");
    await broker.restart();
    broker.allow({ one: {} });
    await eventually("the lease to be won again", () => a.win(1));
  });

  test("nor does a credential that cannot be read for a while", PATIENT, async () => {
    const broker = await startNatsFor({ one: {} });
    let missing = false;
    const authenticator = (): object => {
      if (missing) throw new Error("no such file");
      return user;
    };
    const one = instanceOf(nats({ servers: broker.url, options: { authenticator } }));
    await one.open();
    missing = true;
    const told = one.log.next(
      "the credential",
      (entry) => entry.type === "error" && entry.message.includes("no such file"),
    );
    await broker.restart();
    await told;
    const up = one.log.next("the link up", link(true));
    missing = false;
    await up;
  });
});

describe("a server's address", () => {
  test("with a password in it is not repeated by the error", PATIENT, async () => {
    const broker = await startNatsFor({ one: {} });
    const servers = broker.url.replace("//", "//one:hunter2@");
    const refused = instanceOf(nats({ servers })).open();
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^(?!.*hunter2).*\*\*\*@.* give options: \{ user, pass \}/) as string,
    });
  });

  test("that begins with tls never connects in the clear", PATIENT, async () => {
    const { url } = await startNats();
    const plain = instanceOf(nats({ servers: url.replace("nats:", "tls:") }));
    await expect(plain.open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringMatching(/tls/i) as string,
    });
  });

  test("that begins with tls connects where the certificate is vouched for", PATIENT, async () => {
    const { certFile, keyFile, pem } = makeCertificate();
    const { url } = await startNats("--tls", "--tlscert", certFile, "--tlskey", keyFile);
    const options: NatsOptions = { servers: url.replace("nats:", "tls:"), options: { tls: { ca: pem } } };
    await instanceOf(nats(options)).open();
  });
});

test("a server that accepts and says nothing costs a bounded number of descriptors", PATIENT, async () => {
  const held = new Set<Socket>();
  let attempts = 0;
  let tell: () => void = () => undefined;
  const silent = createServer((socket) => {
    held.add(socket);
    socket.on("close", () => held.delete(socket)).on("error", () => undefined);
    attempts += 1;
    tell();
  });
  const broker = await startNats();
  const one = instanceOf(nats({ servers: broker.url, options: { timeout: 50 } }));
  await one.open();
  await broker.kill();
  const descriptors = (): number => readdirSync("/proc/self/fd").length;
  const before = descriptors();
  const many = new Promise<void>((resolve) => {
    tell = () => {
      if (attempts >= 20) resolve();
    };
  });
  await new Promise<void>((resolve) => silent.listen(broker.port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => silent.close(() => resolve())));
  await many;
  expect(held.size).toBeLessThanOrEqual(2);
  expect(descriptors() - before).toBeLessThanOrEqual(5);
});
