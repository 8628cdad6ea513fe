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
 * A ZeroMQ transport, for one watcher at a time. With the engine `"libzmq"`, the default on Node, it needs the package `zeromq`, which is
 * loaded when the transport is opened; with `"zmtp"`, the default on Deno and Bun, it needs nothing.
 *
 * With one shared endpoint only the primary publishes, and the default election is the host lock of the same service. In a mesh
 * everyone publishes, and the default election is claims. `send` says that a message was handed over to be sent, not that
 * anybody received it.
 *
 * `open` rejects with a `TransportError`: `MISSING_PACKAGE`, `FAILED` where libzmq was asked for and cannot work (on Deno and
 * Bun), and in a mesh `ADDRESS_IN_USE` or `BAD_ADDRESS` for what is to be bound; `lead` rejects with the same two for the shared
 * endpoint. It can be tried again, and after `close` it can be opened again. Who does not answer holds it up for a second and a
 * half at most in a mesh, and for a third of a second with one endpoint.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, and two that do not go together
 * @throws {RangeError} for a port out of its range
 * @throws {TransportError} `BAD_ADDRESS` for an endpoint that is malformed
 */
export function zeromq(options: ZeromqOptions = {}): Transport {
  checkOptions(options);
  const engine = engineOf(options) === "zmtp" ? zmtp() : libzmq(options.socketOptions ?? {});
  const { bind } = options;
  return bind === undefined
    ? sharedTransport(sharedLayout(options), engine)
    : meshTransport(meshLayout({ ...options, bind }), engine);
}
