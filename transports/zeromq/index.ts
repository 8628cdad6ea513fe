/**
 * ZeroMQ as a bus: no broker, the reference's wire format, and a crash is noticed as fast as the kernel tells.
 *
 * ```ts
 * import { Watcher } from "failover-watcher";
 * import { zeromq } from "failover-watcher/zeromq";
 *
 * const watcher = new Watcher({ transport: zeromq({ workdir: process.cwd() }) });
 * ```
 *
 * @module
 */

import type { Transport } from "../../src/transport.ts";
import { meshLayout, sharedLayout } from "./layout.ts";
import { libzmq } from "./libzmq/index.ts";
import { meshTransport } from "./mesh.ts";
import { checkOptions, engineOf, type ZeromqOptions } from "./options.ts";
import { sharedTransport } from "./shared.ts";
import { zmtp } from "./zmtp/index.ts";

export type { SocketOptions, SocketSettings, ZeromqOptions } from "./options.ts";

/**
 * A ZeroMQ transport, for one watcher at a time. It speaks ZeroMQ's protocol itself, and needs no package; with the engine `"libzmq"`,
 * for encryption, it needs the package `zeromq`, which is loaded when the transport is opened.
 *
 * With one shared endpoint only the primary publishes, and the default election is the host lock of the same service. In a mesh
 * everyone publishes, and the default election is claims. `send` says that a message was handed over to be sent, not that
 * anybody received it.
 *
 * `open` rejects with a `TransportError`: `MISSING_PACKAGE` or `FAILED` where libzmq was asked for and does not load, and
 * in a mesh `ADDRESS_IN_USE` or `BAD_ADDRESS` for what is to be bound (`NOT_CONNECTED` where it is a name that nobody answers for);
 * `lead` rejects with the same two for the shared endpoint. It can be tried again, and after `close` it can be opened again. Who does
 * not answer holds it up for a second and a half at most in a mesh, and for a third of a second with one endpoint.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, two that do not go together, and libzmq where it cannot work: on
 *   Deno, on Bun, and in a worker thread
 * @throws {RangeError} for a port out of its range, and one that is given twice
 * @throws {TransportError} `BAD_ADDRESS` for an endpoint that is malformed, or that can never work
 */
export function zeromq(options: ZeromqOptions = {}): Transport {
  checkOptions(options);
  const engine = engineOf(options) === "zmtp" ? zmtp() : libzmq(options.socketOptions ?? {});
  const { bind } = options;
  return bind === undefined
    ? sharedTransport(sharedLayout(options), engine)
    : meshTransport(meshLayout({ ...options, bind }), engine);
}
