/** Waits for the disk, at leisure: without keeping the program from its work meanwhile. */

import { open } from "node:fs/promises";

/** Resolves when the disk has a file or folder as it is now, or a file with this text. */
export async function sync(path: string, flags: "r" | "w", text?: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    if (text !== undefined) await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
