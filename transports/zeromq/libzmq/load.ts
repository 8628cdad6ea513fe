/** Finds libzmq's binding, the npm package `zeromq`, when it is first needed. */

import type * as Zmq from "zeromq";
import { asError, TransportError } from "../../../src/errors.ts";

/** The package's exports. */
export type ZeroMQ = typeof Zmq;

/**
 * Loads the package.
 * @param importPackage how; tests pass their own
 * @throws {TransportError} (rejects) `MISSING_PACKAGE` where it is not installed, `FAILED` where it cannot work
 */
export async function loadZeroMQ(
  importPackage: () => Promise<ZeroMQ> = () => import("zeromq"),
  runtime: object = globalThis,
): Promise<ZeroMQ> {
  if ("Bun" in runtime)
    throw new TransportError(
      "FAILED",
      "Cannot open the ZeroMQ transport on Bun: libzmq's binding aborts the process when a socket is created (oven-sh/bun#18546); run this program on Node, or use another transport.",
    );
  if ("Deno" in runtime)
    throw new TransportError(
      "FAILED",
      "Cannot open the ZeroMQ transport on Deno: with libzmq's binding a subscriber goes deaf there when its publisher restarts; run this program on Node, or use another transport.",
    );
  try {
    return await importPackage();
  } catch (cause) {
    if (isMissing(cause))
      throw new TransportError(
        "MISSING_PACKAGE",
        "Cannot open the ZeroMQ transport: the package zeromq is not installed; run: npm install zeromq",
        { cause },
      );
    const found = asError(cause).message;
    throw new TransportError(
      "FAILED",
      `Cannot open the ZeroMQ transport: the package zeromq is installed but does not load: ${found}`,
      { cause },
    );
  }
}

/** Whether it is the package itself that was not found, and not something that it needs. */
function isMissing(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    thrown.code === "ERR_MODULE_NOT_FOUND" &&
    thrown.message.includes("'zeromq'")
  );
}
