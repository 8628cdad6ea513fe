/** One of the two processes between which a trace is recorded: the speaker, or the listener, who writes beats to stdout. */

import process from "node:process";
import { makeBus } from "../group/bus.ts";
import { readOptions } from "../cli/arguments.ts";
import { listen } from "./listener.ts";
import { hostClock } from "./probe.ts";
import { speak } from "./speaker.ts";

const values = readOptions(process.argv.slice(2), {
  listener: { type: "boolean", default: false },
  transport: { type: "string", default: "zeromq" },
  url: { type: "string", default: "" },
  workdir: { type: "string", default: process.cwd() },
  interval: { type: "string", default: "20" },
});

// Ctrl-C reaches every process of a terminal; who measures decides when these two end, and they end with it.
process.on("SIGINT", () => undefined);
process.once("disconnect", () => process.exit(0));

const { transport } = await makeBus({ ...values, election: "", bind: "", peers: "" });
const interval = Number(values.interval);
const failed = (error: Error): void => void process.stderr.write(`${error.message}\n`);
if (values.listener) {
  await listen(
    transport,
    interval,
    hostClock,
    (beat) => void process.stdout.write(`${JSON.stringify(beat)}\n`),
    failed,
  );
} else await speak(transport, interval, hostClock, failed);
process.stdout.write('"live"\n');
