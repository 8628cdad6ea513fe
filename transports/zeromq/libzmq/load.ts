/** Finds libzmq's binding, the npm package `zeromq`, when it is first needed. */

import type * as Zmq from "zeromq";
import { TransportError } from "../../../src/errors.ts";
import { loadPackage } from "../../load-package.ts";
import { obstacle } from "./obstacle.ts";

/** The package's exports. */
export type ZeroMQ = typeof Zmq;

/**
 * Loads the package.
 * @param importPackage how; tests pass their own
 * @throws {TransportError} (rejects) `MISSING_PACKAGE` where it is not installed, `FAILED` where it cannot work
 */
export async function loadZeroMQ(
  importPackage: () => Promise<ZeroMQ> = () => import("zeromq"),
  runtime?: object,
  onMainThread?: boolean,
): Promise<ZeroMQ> {
  const why = obstacle(runtime, onMainThread);
  if (why !== undefined)
    throw new TransportError(
      "FAILED",
      `Cannot open the ZeroMQ transport ${why}; leave option engine out to have the other engine, zmtp.`,
    );
  return loadPackage("zeromq", "open the ZeroMQ transport", importPackage);
}
