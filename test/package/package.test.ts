import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { RUNTIMES, type Runtime } from "../../bench/group/runtime.ts";
import { runCommand } from "../runtimes/programs.ts";
import { createLog, type Log } from "../support/log.ts";
import { ROOT } from "../support/tree.ts";
import { bundle } from "./bundle.ts";
import { lintDocumentation, readDocumentation } from "./documentation.ts";
import { entries, manifest } from "./manifest.ts";
import { pack, type Packed } from "./pack.ts";
import { readExample } from "./readme.ts";
import { measureSizes, readSizes } from "./sizes.ts";

const PATIENT = { timeout: 120_000 };
const tool = (path: string): string => join(ROOT, "node_modules", path);
const libraries = entries.filter(({ isProgram }) => !isProgram);

let packed: Packed;

beforeAll(async () => {
  packed = await pack();
}, PATIENT.timeout);

afterAll(() => rmSync(packed.folder, { recursive: true, force: true }));

/** Runs a program of the project that has installed the package, and gives what it printed. */
function runProgram(file: string, code: string): Promise<string> {
  writeFileSync(join(packed.project, file), code);
  return runCommand(process.execPath, [file], packed.project);
}

describe("what is packed", () => {
  test("is the built code, its types and the papers, and nothing else", () => {
    const needed =
      /^(dist\/(src|transports|bench|test\/conformance)\/.+\.(js|d\.ts|licences\.txt)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(packed.files.filter((file) => !needed.test(file) || file.includes(".test."))).toEqual([]);
    for (const { built } of entries) expect(packed.files).toContain(built.replace("./", ""));
  });

  test("publint and arethetypeswrong have nothing to say about", PATIENT, async () => {
    await runCommand(process.execPath, [tool("publint/src/cli.js"), "run", "--strict", packed.tarball]);
    await runCommand(process.execPath, [
      ...[tool("@arethetypeswrong/cli/dist/index.js"), packed.tarball],
      ...["--profile", "esm-only", "--no-definitely-typed"],
    ]);
  });

  test("JSR takes without a slow type and without a warning", PATIENT, async () => {
    // Types are checked by their own gate.
    const said = await runCommand(
      "sh",
      ["-c", "env -u FORCE_COLOR NO_COLOR=1 deno publish --dry-run --allow-dirty --no-check 2>&1"],
      ROOT,
    );
    expect(said).toContain("Success");
    expect(said).not.toMatch(/^warning/im);
  });
});

describe("a project that has installed it, and no optional peer", () => {
  test("loads every entry point in plain JavaScript", PATIENT, async () => {
    const lines = libraries.map(({ specifier }) => `await import("${specifier}")`);
    const printed = await runProgram(
      "load.js",
      `console.log(JSON.stringify([${lines.join(", ")}].map((module) => Object.keys(module).length)));`,
    );
    const counts = JSON.parse(printed) as number[];
    expect(counts).toHaveLength(libraries.length);
    for (const count of counts) expect(count).toBeGreaterThan(0);
  });

  test("runs its programs", PATIENT, async () => {
    const [own, ...programs] = entries.filter(({ isProgram }) => isProgram);
    expect(Object.values(manifest.bin)).toEqual([own?.built]);
    for (const [name] of Object.entries(manifest.bin))
      expect(await runCommand(join(packed.project, "node_modules/.bin", name), ["--help"])).toContain(name);
    for (const { built } of programs) {
      const file = join(packed.project, "node_modules", manifest.name, built);
      expect(await runCommand(process.execPath, [file, "--help"])).toContain("--");
    }
  });

  test("is told by an adapter which package it lacks", PATIENT, async () => {
    const options: Readonly<Record<string, string>> = {
      mqtt: '{ url: "mqtt://127.0.0.1:1" }',
      zeromq: '{ engine: "libzmq" }',
    };
    // NATS has two packages, and names the one that is maintained.
    const adapters: Readonly<Record<string, string>> = {
      zeromq: "zeromq",
      "@nats-io/transport-node": "nats",
      mqtt: "mqtt",
    };
    expect([...Object.keys(adapters), "nats"].sort()).toEqual(Object.keys(manifest.peerDependencies).sort());
    for (const [peer, adapter] of Object.entries(adapters)) {
      const said = await runProgram(
        `missing-${adapter}.js`,
        `import { Watcher } from "failover-watcher";
         import { ${adapter} } from "failover-watcher/${adapter}";
         const watcher = new Watcher({ transport: ${adapter}(${options[adapter] ?? ""}) });
         await watcher.start().catch((error) => console.log(error.code, error.message));`,
      );
      expect(said).toMatch(new RegExp(`^MISSING_PACKAGE .*npm install ${peer}\\n$`));
    }
  });

  test.each([
    ["typescript", "nodenext", "nodenext"],
    ["typescript", "esnext", "bundler"],
    ["typescript-7", "nodenext", "nodenext"],
    ["typescript-7", "esnext", "bundler"],
  ] as const)(
    "compiles against every entry point: %s with --module %s --moduleResolution %s",
    PATIENT,
    async (compiler, module, moduleResolution) => {
      const [names, checks] = [
        libraries.map((_, index) => `entry${index}`),
        "type Known<T> = 0 extends 1 & T ? never : T;",
      ];
      const imports = libraries.map(({ specifier }, index) => `import * as entry${index} from "${specifier}";`);
      const uses = names.map((name) => `export const known_${name}: Known<typeof ${name}> = ${name};`);
      writeFileSync(join(packed.project, "every.ts"), [...imports, checks, ...uses].join("\n"));
      writeFileSync(join(packed.project, "program.ts"), readFileSync(join(ROOT, "test/package/consumer/program.ts")));
      await runCommand(
        process.execPath,
        [
          ...[tool(`${compiler}/bin/tsc`), "--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes"],
          ...["--target", "es2023", "--lib", "es2023,esnext.disposable,dom", "--skipLibCheck", "false"],
          ...["--module", module, "--moduleResolution", moduleResolution, "every.ts", "program.ts"],
        ],
        packed.project,
      );
    },
  );
});

describe("the public surface", () => {
  test("has a doc comment on every member, and names no type that cannot be imported", PATIENT, async () => {
    expect(await lintDocumentation()).toEqual([]);
  });

  test("has a doc comment on every entry point and every symbol, whose examples compile and run", PATIENT, async () => {
    const { silent, symbols, examples } = await readDocumentation();
    expect(silent).toEqual([]);
    expect(symbols).toBeGreaterThan(60);
    expect(examples.length).toBeGreaterThan(6);
    const folder = join(packed.project, "examples");
    mkdirSync(folder);
    const files = examples.map((code, index) => {
      writeFileSync(join(folder, `example-${index}.ts`), code);
      return `examples/example-${index}.ts`;
    });
    await runCommand(
      process.execPath,
      [
        ...[tool("typescript-7/bin/tsc"), "--ignoreConfig", "--strict", "--target", "es2023", "--types", "node"],
        ...["--typeRoots", tool("@types")],
        ...["--lib", "es2023,esnext.disposable", "--module", "nodenext", "--skipLibCheck", ...files],
      ],
      packed.project,
    );
    for (const file of files) await runCommand(process.execPath, [file.replace(/\.ts$/, ".js")], packed.project);
  });
});

describe("a bundle of the core and memory", () => {
  test("has no adapter, no package of one and no module of a runtime in it, and imports nothing", PATIENT, async () => {
    const { code, imports, inputs } = await bundle(
      packed.project,
      `import { Watcher } from "failover-watcher"; import { memory, MemoryBus } from "failover-watcher/memory";
       globalThis.watcher = new Watcher({ transport: memory(new MemoryBus()) });`,
    );
    expect(code.length).toBeGreaterThan(0);
    expect(imports).toEqual([]);
    expect(inputs.filter((path) => /zeromq|nats|mqtt|host-lock|\/(bench|test)\/|node:/.test(path))).toEqual([]);
  });

  test("which imports an adapter as well is found out by the same look", PATIENT, async () => {
    const { imports, inputs } = await bundle(packed.project, 'export * from "failover-watcher/zeromq";');
    expect(imports).toContain("zeromq");
    expect(imports.some((path) => path.startsWith("node:"))).toBe(true);
    expect(inputs.some((path) => path.includes("host-lock"))).toBe(true);
  });
});

test("the README's table of sizes is true, to a tenth", PATIENT, async () => {
  const [said, measured] = [readSizes(), await measureSizes(packed.project)];
  expect(said.map(({ what }) => what)).toEqual(measured.map(({ what }) => what));
  for (const [index, { what, bytes }] of measured.entries()) {
    const ratio = (Number.parseFloat(said[index]?.size ?? "") * 1_000) / bytes;
    expect(Math.abs(ratio - 1), `${what}: npm run sizes writes the table anew`).toBeLessThan(0.1);
  }
});

describe("the README's example works as it is printed there", () => {
  /** Starts it in a folder, and gives its lines. */
  function start(runtime: Runtime, folder: string): { readonly lines: Log<string>; kill(): Promise<void> } {
    const [program = "", ...args] = readExample().commands[runtime];
    const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    const lines = createLog<string>();
    createInterface({ input: child.stdout }).on("line", lines.add);
    const kill = async (): Promise<void> => {
      child.kill("SIGKILL");
      await ended;
    };
    onTestFinished(kill);
    return { lines, kill };
  }

  test.each(RUNTIMES)(
    "on %s: the first works, and is replaced by the second when it is killed",
    PATIENT,
    async (runtime) => {
      const { file, code } = readExample();
      const folder = join(packed.project, `readme-${runtime}`);
      mkdirSync(folder);
      writeFileSync(join(folder, file), code);
      const first = start(runtime, folder);
      await first.lines.next("the first to work", (line) => line === "working in term 1 (vacant)");
      const second = start(runtime, folder);
      await second.lines.next("the second to watch", (line) => line.includes("secondary"));
      await first.kill();
      await second.lines.next("the second to work", (line) => line === "working in term 2 (refused)");
    },
  );
});
