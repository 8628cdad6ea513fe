/** What a bundler makes of the package, as a project sees it that has installed it. */

import { build } from "esbuild";

export interface Bundle {
  readonly code: Uint8Array;
  /** What it would load when it runs. */
  readonly imports: readonly string[];
  /** The files that something of is left. */
  readonly inputs: readonly string[];
}

/** Bundles and minifies a program for browsers; `node:` modules and packages that are not installed stay imports. */
export async function bundle(project: string, program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: project },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    external: ["node:*", "zeromq", "nats", "@nats-io/transport-node", "mqtt"],
    metafile: true,
    write: false,
    logLevel: "silent",
    outdir: project,
  });
  const [file] = outputFiles;
  const outputs = Object.values(metafile.outputs);
  return {
    code: file?.contents ?? new Uint8Array(),
    imports: outputs.flatMap((output) => output.imports.map(({ path }) => path)),
    inputs: outputs.flatMap((output) =>
      Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  };
}
