/** The stages of the scenarios: gone with the test, on brokers of their own. */

import { onTestFinished } from "vitest";
import { brokerStage, meshStage as meshOn, type Stage } from "../../bench/group/stage.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import { startCluster, type Cluster } from "../brokers/nats-cluster.ts";
import type { Broker } from "../brokers/process.ts";
import { freePorts } from "../support/ports.ts";

/** A stage on a broker that can be killed and started again. */
export interface BrokerStage extends Stage {
  readonly broker: Broker;
}

/** A ZeroMQ mesh. */
export async function meshStage(names: readonly string[]): Promise<Stage> {
  return ending(await meshOn(names, await freePorts(names.length)));
}

/** A mosquitto. */
export async function mqttStage(names: readonly string[]): Promise<BrokerStage> {
  const broker = await startMosquitto();
  return { ...ending(await brokerStage("mqtt", names, broker.url)), broker };
}

/** A nats-server. */
export async function natsStage(names: readonly string[]): Promise<BrokerStage> {
  const broker = await startNats("--jetstream");
  return { ...ending(await brokerStage("nats", names, broker.url)), broker };
}

/** A cluster of three nats-servers, without relays: its servers name one another to their clients. */
export async function clusterStage(): Promise<Stage & Cluster> {
  const cluster = await startCluster();
  const nothing = (): void => undefined;
  return {
    ...cluster,
    args: () => ["--transport", "nats", "--url", cluster.urls.join()],
    cut: nothing,
    heal: nothing,
    close: () => Promise.resolve(),
  };
}

function ending(stage: Stage): Stage {
  onTestFinished(() => stage.close());
  return stage;
}
