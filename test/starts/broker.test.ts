import { describe, expect, test } from "vitest";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import type { Broker } from "../brokers/process.ts";
import { freePorts } from "../support/ports.ts";
import type { Setup } from "./protocol.ts";
import { spawnStarter, startSilentServer } from "./starter.ts";

const PATIENT = { timeout: 60_000 };

/** How long an open may go on that was closed meanwhile, and how long whatever it left may last; in milliseconds. */
const SOON = 500;
/** How long a close may take, and a process to end that has nothing to do. */
const CLOSING_TIME = 1_500;
/** How long an open may take with the fixture's timeout: five seconds, and what a busy machine adds. */
const OPENING_TIME = 5_500;

/** Nobody tells when an attempt is under way at a broker that is away, or stands still. */
function beginning(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 700));
}

interface Trial {
  readonly kind: "nats" | "lease" | "mqtt";
  readonly error: "TransportError" | "ElectionError";
  start(): Promise<Broker & { url: string }>;
}

const TRIALS: readonly Trial[] = [
  { kind: "nats", error: "TransportError", start: () => startNats() },
  { kind: "lease", error: "ElectionError", start: () => startNats("--jetstream") },
  { kind: "mqtt", error: "TransportError", start: () => startMosquitto() },
];

describe.each(TRIALS)("a start of $kind", ({ kind, error, start }) => {
  const at = (port: number): Setup => ({ kind, url: `${kind === "mqtt" ? "mqtt" : "nats"}://127.0.0.1:${port}` });

  test("is refused in time by a server that says nothing, and leaves nothing", PATIENT, async () => {
    const server = await startSilentServer();
    const starter = spawnStarter(at(server.port));
    const refused = await starter.ask("open", "refused");
    expect(refused).toMatchObject({ error: "TransportError NOT_CONNECTED" });
    expect(refused.message).toMatch(/\.$/);
    expect(refused.took).toBeLessThan(OPENING_TIME);
    expect(await server.deserted()).toBeLessThan(SOON);
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });

  test("ends with a close while a server says nothing, and leaves nothing", PATIENT, async () => {
    const server = await startSilentServer();
    const starter = spawnStarter(at(server.port));
    starter.order("open");
    await server.connected();
    starter.order("close");
    const began = performance.now();
    const refused = await starter.log.next("open is refused", ({ type }) => type === "refused");
    expect(refused).toMatchObject({ error: `${error} CLOSED` });
    await starter.log.next("closed", ({ type }) => type === "closed");
    await server.deserted();
    expect(performance.now() - began).toBeLessThan(SOON);
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });

  test("ends with a close while there is no server, and leaves nothing", PATIENT, async () => {
    const starter = spawnStarter(at(await freePorts(1)));
    starter.order("open");
    await beginning();
    const { took } = await starter.ask("close", "closed");
    expect(took).toBeLessThan(SOON);
    expect(starter.log.entries).toMatchObject([{ type: "refused", error: `${error} CLOSED` }, { type: "closed" }]);
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });

  test("that hangs in the middle ends with a close, and works when the broker does", PATIENT, async () => {
    const broker = await start();
    const starter = spawnStarter(at(broker.port));
    await broker.stop();
    starter.order("open");
    await beginning();
    const { took } = await starter.ask("close", "closed");
    expect(took).toBeLessThan(SOON);
    broker.continue();
    await starter.ask("open", "opened");
    starter.log.clear();
    await starter.ask("close", "closed");
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });

  test("that was made is undone although the broker hangs, and leaves nothing", PATIENT, async () => {
    const broker = await start();
    const starter = spawnStarter(at(broker.port));
    await starter.ask("open", "opened");
    await broker.stop();
    const { took } = await starter.ask("close", "closed");
    expect(took).toBeLessThan(CLOSING_TIME);
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });

  test("that was made is undone while it tries to reconnect, and leaves nothing", PATIENT, async () => {
    const broker = await start();
    const starter = spawnStarter(at(broker.port));
    await starter.ask("open", "opened");
    await broker.kill();
    const server = await startSilentServer(broker.port);
    // The first attempts have been given up by then.
    await server.connected(3);
    const { took } = await starter.ask("close", "closed");
    expect(took).toBeLessThan(CLOSING_TIME);
    expect(await server.deserted()).toBeLessThan(SOON);
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });
});
