/** mosquitto, for tests. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePorts } from "../support/ports.ts";
import { HERE, startBroker, type Broker, type Place } from "./process.ts";

/** Runs a mosquitto on a port. @param lines what its configuration has besides the port */
export async function runMosquitto(
  port: number,
  lines: readonly string[] = ["allow_anonymous true"],
  place: Place = HERE,
): Promise<Broker & { url: string }> {
  const argsIn = (folder: string): string[] => {
    const file = join(folder, "mosquitto.conf");
    writeFileSync(file, [`listener ${port} ${place.host}`, "user root", ...lines, ""].join("\n"));
    return ["-c", file];
  };
  const broker = await startBroker("mosquitto", port, argsIn, place);
  return { ...broker, url: `mqtt://${place.host}:${port}` };
}

/** Starts a mosquitto on a free port. It ends with the test. */
export async function startMosquitto(lines?: readonly string[]): Promise<Broker & { url: string }> {
  const broker = await runMosquitto(await freePorts(1), lines);
  onTestFinished(() => broker.end());
  return broker;
}
