/** Finds the optional package behind an adapter when it is first needed. */

import { asError, TransportError } from "../src/errors.ts";

/**
 * Loads a package.
 * @param forWhat what cannot be done without it: "open the MQTT transport"
 * @throws {TransportError} (rejects) `MISSING_PACKAGE` where it is not installed, `FAILED` where it does not load
 */
export async function loadPackage<T>(name: string, forWhat: string, importPackage: () => Promise<T>): Promise<T> {
  try {
    return await importPackage();
  } catch (cause) {
    if (isMissing(name, cause))
      throw new TransportError(
        "MISSING_PACKAGE",
        `Cannot ${forWhat}: the package ${name} is not installed; run: npm install ${name}`,
        { cause },
      );
    throw new TransportError(
      "FAILED",
      `Cannot ${forWhat}: the package ${name} is installed but does not load: ${asError(cause).message}`,
      { cause },
    );
  }
}

/** Whether it is the package itself that was not found, and not something that it needs. */
function isMissing(name: string, thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    thrown.code === "ERR_MODULE_NOT_FOUND" &&
    thrown.message.includes(`'${name}'`)
  );
}
