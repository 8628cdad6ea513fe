/** mosquitto, for tests. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePorts } from "../support/ports.ts";
import { startBroker, type Broker } from "./process.ts";

/** Runs a mosquitto on a port of the loopback. @param lines what its configuration has besides the port */
export async function runMosquitto(
  port: number,
  lines: readonly string[] = ["allow_anonymous true"],
): Promise<Broker & { url: string }> {
  const broker = await startBroker("mosquitto", port, (folder) => {
    const file = join(folder, "mosquitto.conf");
    writeFileSync(file, [`listener ${port} 127.0.0.1`, "user root", ...lines, ""].join("\n"));
    return ["-c", file];
  });
  return { ...broker, url: `mqtt://127.0.0.1:${port}` };
}

/** Starts a mosquitto on a free port. It ends with the test. */
export async function startMosquitto(lines?: readonly string[]): Promise<Broker & { url: string }> {
  const broker = await runMosquitto(await freePorts(1), lines);
  onTestFinished(() => broker.end());
  return broker;
}
