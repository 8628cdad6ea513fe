/** Finds libzmq's binding, the npm package `zeromq`, when it is first needed. */

import type * as Zmq from "zeromq";
import { TransportError } from "../../../src/errors.ts";
import { loadPackage } from "../../load-package.ts";

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
      "Cannot open the ZeroMQ transport on Bun: libzmq's binding aborts the process when a socket is created (oven-sh/bun#18546); leave option engine out to have the other engine, zmtp.",
    );
  if ("Deno" in runtime)
    throw new TransportError(
      "FAILED",
      "Cannot open the ZeroMQ transport on Deno: with libzmq's binding a subscriber goes deaf there when its publisher restarts; leave option engine out to have the other engine, zmtp.",
    );
  return loadPackage("zeromq", "open the ZeroMQ transport", importPackage);
}
