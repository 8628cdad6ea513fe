/** What a file or folder is, whatever it is called. */

import type { BigIntStats } from "node:fs";

/** Device and inode: the same for every path, link and mount that leads to one object, and different for every other. */
export function objectOf({ dev, ino }: Pick<BigIntStats, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}
