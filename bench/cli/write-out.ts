import { writeFile } from "node:fs/promises";
import { Refusal } from "./refusal.ts";

/**
 * Writes what an option asked for.
 * @param option whose file it is, as the command line calls it: `--json`
 * @throws {Refusal} (rejects) where the file cannot be written
 */
export async function writeOut(option: string, file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new Refusal(`Cannot write ${option} ${file}: ${error instanceof Error ? error.message : String(error)}.`);
  });
}
