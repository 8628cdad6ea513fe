import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { startNats } from "../brokers/nats.ts";
import { section } from "../package/readme.ts";
import { BUILD } from "../support/tree.ts";
import { freePorts } from "../support/ports.ts";
import { runCommand } from "./programs.ts";

const PROGRAM = join(BUILD, "test/runtimes/permitted.js");

/** What the README lists, by transport: the flags as they are printed there. */
const LISTED = new Map(
  (section("Runtimes").split("<!-- sizes")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, transport = "", permissions = ""]) => [
      transport.replaceAll("`", ""),
      [...permissions.matchAll(/--allow-[a-z]+(?:=[^ `]+)?/g)].map(([flag]) => flag),
    ]),
);

interface Trial {
  /** On the command line of the program. */
  readonly args: readonly string[];
  /** What stands for the words in capitals. */
  readonly words: Readonly<Record<string, string>>;
}

const onBroker = (args: readonly string[], url: string): Trial => ({
  args: [...args, "--url", url],
  words: { "HOST:PORT": new URL(url).host },
});

const TRIALS: Readonly<Record<string, () => Trial | Promise<Trial>>> = {
  memory: () => ({ args: ["--transport", "memory"], words: {} }),
  "zeromq on one host": () => {
    const workdir = mkdtempSync(join(tmpdir(), "failover-permissions-"));
    const state = mkdtempSync(join(tmpdir(), "failover-permissions-"));
    for (const folder of [workdir, state]) onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return {
      args: ["--transport", "zeromq", "--workdir", workdir, "--stateDir", state],
      words: { WORKDIR: workdir, STATEDIR: state },
    };
  },
  "zeromq mesh": async () => {
    const port = await freePorts(2);
    const [bind, peer] = [`tcp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port + 1}`];
    return {
      args: ["--transport", "mesh", "--bind", bind, "--peers", peer],
      words: { "--allow-net": "--allow-net=127.0.0.1,127.0.0.2" },
    };
  },
  "nats, claims": async () => onBroker(["--transport", "nats"], (await startNats()).url),
  "nats, lease": async () => {
    const { url } = await startNats("--jetstream");
    return onBroker(["--transport", "nats", "--election", "lease"], url);
  },
  mqtt: async () => onBroker(["--transport", "mqtt"], (await startMosquitto()).url),
};

function run(flags: readonly string[], args: readonly string[]): Promise<string> {
  return runCommand("deno", ["run", "--no-prompt", ...flags, PROGRAM, ...args]);
}

describe("on Deno", () => {
  test("the README lists permissions for every transport", () => {
    expect([...LISTED.keys()]).toEqual(Object.keys(TRIALS));
  });

  test.each(Object.entries(TRIALS))(
    "%s works with exactly the permissions that the README lists, and with none of them less",
    { timeout: 60_000 },
    async (transport, prepare) => {
      const { args, words } = await prepare();
      const flags = (LISTED.get(transport) ?? []).map((flag) =>
        Object.entries(words).reduce((filled, [word, meaning]) => filled.replace(word, meaning), flag),
      );
      const lessOne = flags.map((flag) => {
        const attempt = run(
          flags.filter((other) => other !== flag),
          args,
        );
        // The package mqtt keeps the reason to itself.
        return expect(attempt).rejects.toThrow(/Requires .* access|no broker within/);
      });
      await Promise.all([expect(run(flags, args)).resolves.toBe("promoted\n"), ...lessOne]);
    },
  );
});
