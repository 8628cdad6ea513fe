/** How a command ends. */

import process from "node:process";
import { Refusal } from "./refusal.ts";

/**
 * Turns what a command comes to into this process's exit status. 2: it was called in a way that cannot work, and a sentence
 * says why.
 */
export async function exitWith(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
