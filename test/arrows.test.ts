import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

interface Import {
  readonly from: string;
  readonly what: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

/** Every import and re-export of a file, static or dynamic; relative ones as paths from the root. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const lines = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm,
  );
  return [...lines].map(([, typeOnly, fixed, dynamic]) => {
    const what = fixed ?? dynamic ?? "";
    const path = what.startsWith(".") ? relative(root, resolve(root, dirname(file), what)) : what;
    return { from: file, what: path, typeOnly: typeOnly !== undefined };
  });
}

function reachableFrom(entry: string): Import[] {
  const seen = new Set<string>();
  const found: Import[] = [];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const entry of importsOf(file)) {
      found.push(entry);
      if (entry.what.endsWith(".ts")) visit(entry.what);
    }
  };
  visit(entry);
  return found;
}

describe("arrows point one way", () => {
  test("the core imports types, its own files and pure helpers only", () => {
    const pure = ["src/random.ts", "src/elections/claims.ts"];
    const wrong = sources("src/core")
      .flatMap(importsOf)
      .filter(({ what, typeOnly }) => !typeOnly && !what.startsWith("src/core/") && !pure.includes(what));
    expect(wrong).toEqual([]);
  });

  test("the core touches no timer, clock, promise or dice of the runtime", () => {
    const forbidden =
      /\b(setTimeout|setInterval|setImmediate|queueMicrotask|Promise|async|await|Date|performance|crypto|Math\.random|process|console)\b/;
    const wrong = [...sources("src/core"), "src/elections/claims.ts"].filter((file) => {
      const code = readFileSync(join(root, file), "utf8")
        .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
        .replaceAll(/`[^`]*`|"[^"]*"/g, "");
      return forbidden.test(code);
    });
    expect(wrong).toEqual([]);
  });

  test("what src/index.ts reaches imports valibot and nothing else from outside, and no adapter", () => {
    const outside = reachableFrom("src/index.ts").filter(({ what }) => !what.startsWith("src/"));
    expect(new Set(outside.map(({ what }) => what))).toEqual(new Set(["valibot"]));
    expect(reachableFrom("src/index.ts").filter(({ what }) => what.startsWith("src/elections/host-lock"))).toEqual([]);
  });

  test("the quality-of-service module stands alone: it imports its own files and seeded chance only", () => {
    const wrong = sources("src/qos")
      .flatMap(importsOf)
      .filter(({ what }) => !what.startsWith("src/qos/") && what !== "src/random.ts");
    expect(wrong).toEqual([]);
    expect(reachableFrom("src/index.ts").filter(({ what }) => what.startsWith("src/qos"))).toEqual([]);
  });

  test("transports know the contract and not the watcher", () => {
    const allowed =
      /^src\/(transport|election|errors|clock|random|fnv|shape|show|errands)\.ts$|^src\/elections\/host-lock\/(index|service)\.ts$|^transports\//;
    const wrong = sources("transports")
      .flatMap(importsOf)
      .filter(({ what }) => what.endsWith(".ts") && !allowed.test(what));
    expect(wrong).toEqual([]);
  });

  test("package.json and deno.json export the same entry points in the same version", () => {
    const read = (file: string): { version: string; exports: Record<string, string | { default: string }> } =>
      JSON.parse(readFileSync(join(root, file), "utf8")) as never;
    const [npm, jsr] = [read("package.json"), read("deno.json")];
    const entries = Object.entries(npm.exports).filter(([name]) => name !== "./package.json");
    const built = entries.map(([name, target]) => [name, typeof target === "string" ? target : target.default]);
    expect(built.map(([name, target]) => [name, target?.replace("./dist/", "./").replace(/\.js$/, ".ts")])).toEqual(
      Object.entries(jsr.exports),
    );
    expect(npm.version).toBe(jsr.version);
  });
});
