import { expect, onTestFinished, test } from "vitest";
import { nats } from "../../transports/nats/index.ts";
import { startNats } from "../brokers/nats.ts";
import { instanceOf } from "../support/instance.ts";

const PATIENT = { timeout: 60_000 };
const ROUNDS = 20;

test("a transport that is closed just when its server has gone ends no process", PATIENT, async () => {
  const thrown: Error[] = [];
  const note = (error: Error): void => {
    thrown.push(error);
  };
  process.on("uncaughtException", note);
  onTestFinished(() => {
    process.removeListener("uncaughtException", note);
  });
  const broker = await startNats();
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = instanceOf(nats({ servers: broker.url }));
    await one.open();
    await broker.kill();
    await one.transport.close();
    await broker.start();
  }
  expect(thrown).toEqual([]);
});
