/** The stages of the scenarios: gone with the test, on brokers of their own. */

import { onTestFinished } from "vitest";
import { brokerStage, meshStage as meshOn, type Stage } from "../../bench/group/stage.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import { freePorts } from "../support/ports.ts";

/** A ZeroMQ mesh. */
export async function meshStage(names: readonly string[]): Promise<Stage> {
  return ending(await meshOn(names, await freePorts(names.length)));
}

/** A mosquitto. */
export async function mqttStage(names: readonly string[]): Promise<Stage> {
  const { url } = await startMosquitto();
  return ending(await brokerStage("mqtt", names, url));
}

/** A nats-server. */
export async function natsStage(names: readonly string[]): Promise<Stage> {
  const { url } = await startNats("--jetstream");
  return ending(await brokerStage("nats", names, url));
}

function ending(stage: Stage): Stage {
  onTestFinished(() => stage.close());
  return stage;
}
