/** Where the programs of this tool are that run as processes of their own. */

import { fileURLToPath } from "node:url";

/**
 * A program beside a module, as a path, or as an address where the module itself came from one (Deno runs both).
 * @param name without its ending: a tree that was compiled has others than its source
 */
export function programOf(name: string, moduleUrl: string): string {
  const url = new URL(`${name}${moduleUrl.endsWith(".ts") ? ".ts" : ".js"}`, moduleUrl);
  return url.protocol === "file:" ? fileURLToPath(url) : url.href;
}
