/** What a ZeroMQ transport can be told, and what is refused. */

import * as v from "valibot";
import { ServiceName } from "../../src/elections/host-lock/service.ts";
import { checkShape } from "../options.ts";
import { obstacle } from "./libzmq/obstacle.ts";

/**
 * What libzmq's own options may be set to for one kind of socket, in the names of the npm package `zeromq`. Durations in
 * milliseconds, sizes in bytes, keys in Z85.
 */
export interface SocketSettings {
  /** The socket is the server of CURVE security; `curveSecretKey` is its key then. */
  readonly curveServer?: boolean;
  /** The public key of the CURVE server that a client connects to. */
  readonly curveServerKey?: string;
  /** The own public key of a CURVE client. */
  readonly curvePublicKey?: string;
  /** The own secret key, of a CURVE server or client. */
  readonly curveSecretKey?: string;
  /** The socket is the server of PLAIN security. */
  readonly plainServer?: boolean;
  /** The name that a client gives to a PLAIN server. */
  readonly plainUsername?: string;
  /** The password that a client gives to a PLAIN server, unencrypted. */
  readonly plainPassword?: string;
  /** The domain in which a ZAP handler of the program's own authenticates (ZeroMQ RFC 27). */
  readonly zapDomain?: string;
  /** How long a closing socket tries to get rid of what was sent. @default 1000 for what publishes, otherwise 0 */
  readonly linger?: number;
  /** How long a new connection may take until it speaks ZMTP; 0: for ever. @default 2000 */
  readonly handshakeInterval?: number;
  /** How long one attempt to connect may take. @default 2000 for subscriptions, otherwise the system's own */
  readonly connectTimeout?: number;
  /**
   * How long to wait before the next attempt to connect; -1: there is none.
   * @default 20 for subscriptions; questions are attempted once
   */
  readonly reconnectInterval?: number;
  /** The wait doubles from `reconnectInterval` up to this; 0: it stays the same. @default 500 for subscriptions */
  readonly reconnectMaxInterval?: number;
  /**
   * How often a ZMTP PING asks whether the connection is there; 0: never. libzmq's own thread answers, so this says nothing
   * about the other program. Not for sockets that bind where Go peers subscribe: they take a PING for a message.
   * @default for subscriptions a third of the watcher's timeout, 1000 to 10000; otherwise 0
   */
  readonly heartbeatInterval?: number;
  /**
   * How long nothing may come after a PING before the connection is given up.
   * @default for subscriptions twice that pause
   */
  readonly heartbeatTimeout?: number;
  /**
   * The largest frame that is taken; who sends a larger one is hung up on. -1: no limit. A message of many frames is not
   * bounded by it: libzmq keeps all that come until the last one has.
   * @default 1048576
   */
  readonly maxMessageSize?: number;
  /** TCP's own keepalive: 1 on, 0 off, -1 as the system has it. @default -1 */
  readonly tcpKeepalive?: number;
  /** How long the system sends again what the other side does not acknowledge, where it can be told. */
  readonly tcpMaxRetransmitTimeout?: number;
  /** The ToS field of the IP header, by which some networks let packets go first. */
  readonly typeOfService?: number;
}

/** Settings on top of our own, for both kinds of socket. */
export interface SocketOptions {
  /** For sockets that bind: what the primary publishes and answers with. With CURVE: `curveServer`, `curveSecretKey`. */
  readonly bind?: SocketSettings;
  /** For sockets that connect. With CURVE: `curveServerKey`, `curvePublicKey`, `curveSecretKey`. */
  readonly connect?: SocketSettings;
}

/**
 * Options of the ZeroMQ transport. Two layouts:
 *
 * - one endpoint that the primary binds and everybody subscribes to (`service`, `workdir`, `pubPort`, `rpcPort`, `endpoint`; the
 *   default): instances of one host, as the reference has it;
 * - a mesh (`bind` and `peers`): each instance binds its own endpoint and subscribes to those of all others.
 */
export interface ZeromqOptions {
  /**
   * The name of the service, one on this host: 1 to 64 of `A-Z a-z 0-9 . _ -`. The ports are computed from it, and the host lock goes
   * by it. To be given wherever the folder is no good name: where every release has its own, and in containers that share
   * the host's network. Go peers know no such names. @default the folder is the name
   */
  readonly service?: string;
  /**
   * The folder that is the service's name where `service` is not given. Its path counts as it is given, made absolute: a link in it
   * is not followed. @default process.cwd()
   */
  readonly workdir?: string;
  /**
   * The folder for the host lock's file with the last term, the same for all instances.
   * @default `$STATE_DIRECTORY`, otherwise `failover-watcher` in `$XDG_STATE_HOME` or in `~/.local/state`
   */
  readonly stateDir?: string;
  /** The port of 127.0.0.1 to publish on, 1 to 65 534. @default 40 000 to 59 999, computed from the service and the group */
  readonly pubPort?: number;
  /**
   * The port to answer `instance.ping` on, 1 to 65 535; in a mesh nothing answers unless it is given.
   * @default the port of publishing, plus one
   */
  readonly rpcPort?: number;
  /**
   * The endpoint to publish on instead of a port: `tcp://HOST:PORT` or `ipc://PATH`. A second publisher is refused on either, and
   * whatever is at the path but a dead process's socket is left alone. With a path questions are answered on `PATH.rpc`.
   */
  readonly endpoint?: string;
  /** Mesh: the endpoint that this instance publishes on, `tcp://HOST:PORT`, `tcp://*:PORT` or `ipc://PATH`; no two have the same. */
  readonly bind?: string;
  /**
   * Mesh: the endpoints of all others, as this instance reaches them. Everybody has to list everybody who could become primary:
   * who does not hear a primary becomes one beside it, and both sides are told so (`misconfigured`). All instances may have one
   * and the same list: its own endpoint, written as in `bind`, is left out, and written otherwise it does no harm.
   *
   * A host is an IPv4 address or a name that has one. A name is asked for anew whenever its peer has to be connected to, and
   * while name servers are silent its last address is used. Choose ports outside the system's ephemeral range (on Linux below
   * 32 768): others may be given such a port as their own while its instance is away.
   */
  readonly peers?: readonly string[];
  /**
   * Who speaks ZeroMQ's protocol. Both speak the same, and one group may mix them.
   *
   * - `"zmtp"`: our own TypeScript over plain sockets. It needs no package, and bounds what strangers can make it remember and do.
   *   It takes no `socketOptions`, so no encryption.
   * - `"libzmq"`: the C++ library, by way of the npm package `zeromq`, with CURVE and PLAIN. On the main thread of Node only.
   *   Whoever can connect can use up its memory (messages without an end, subscriptions without number), and it ends the
   *   process where file descriptors run out.
   *
   * @default "libzmq" where there are `socketOptions`, which are for it alone; otherwise "zmtp"
   */
  readonly engine?: "libzmq" | "zmtp";
  /** Security and tuning of libzmq's sockets; it is the engine then. */
  readonly socketOptions?: SocketOptions;
}

const text = v.pipe(v.string("a string"), v.minLength(1, "at least one character"));
const flag = v.boolean("true or false");
const whole = v.pipe(v.number("a whole number"), v.safeInteger("a whole number"));
const port = (last: number): v.GenericSchema<number> =>
  v.pipe(whole, v.minValue(1, `1 to ${last}`), v.maxValue(last, `1 to ${last}`));

const Settings = v.strictObject({
  curveServer: v.optional(flag),
  curveServerKey: v.optional(text),
  curvePublicKey: v.optional(text),
  curveSecretKey: v.optional(text),
  plainServer: v.optional(flag),
  plainUsername: v.optional(text),
  plainPassword: v.optional(text),
  zapDomain: v.optional(text),
  linger: v.optional(whole),
  handshakeInterval: v.optional(whole),
  connectTimeout: v.optional(whole),
  reconnectInterval: v.optional(whole),
  reconnectMaxInterval: v.optional(whole),
  heartbeatInterval: v.optional(whole),
  heartbeatTimeout: v.optional(whole),
  maxMessageSize: v.optional(whole),
  tcpKeepalive: v.optional(whole),
  tcpMaxRetransmitTimeout: v.optional(whole),
  typeOfService: v.optional(whole),
});

const Options = v.strictObject(
  {
    service: v.optional(ServiceName),
    workdir: v.optional(text),
    stateDir: v.optional(text),
    pubPort: v.optional(port(65_534)),
    rpcPort: v.optional(port(65_535)),
    endpoint: v.optional(text),
    bind: v.optional(text),
    peers: v.optional(v.array(text, "an array of endpoints")),
    engine: v.optional(v.picklist(["libzmq", "zmtp"], `"libzmq" or "zmtp"`)),
    socketOptions: v.optional(
      v.strictObject({ bind: v.optional(Settings), connect: v.optional(Settings) }, "an object with bind and connect"),
    ),
  },
  "an object",
);

/** Pairs of which the first says what the second says, or belongs to the other layout. */
const CONTRADICTIONS = [
  ["endpoint", "pubPort"],
  ["bind", "endpoint"],
  ["bind", "pubPort"],
  ["bind", "service"],
  ["bind", "workdir"],
  ["bind", "stateDir"],
] as const;

/**
 * Refuses options whose shape or value is wrong.
 * @throws {TypeError} for an unknown option, one of the wrong type, and two that do not go together
 * @throws {RangeError} for a value out of its range
 */
export function checkOptions(options: ZeromqOptions): void {
  checkShape("a ZeroMQ transport", Options, options, KNOWN);
  for (const [one, other] of CONTRADICTIONS)
    if (options[one] !== undefined && options[other] !== undefined)
      throw new TypeError(
        `Cannot make a ZeroMQ transport: options ${one} and ${other} do not go together; leave one of them out.`,
      );
  if ((options.bind === undefined) !== (options.peers === undefined))
    throw new TypeError(
      "Cannot make a ZeroMQ transport: a mesh needs both options, bind and peers; give both, or neither for one shared endpoint.",
    );
  if (options.socketOptions !== undefined && options.engine === "zmtp")
    throw new TypeError(
      "Cannot make a ZeroMQ transport: option socketOptions is for libzmq, and the engine is zmtp; leave one of them out.",
    );
  const why = engineOf(options) === "libzmq" ? obstacle() : undefined;
  if (why !== undefined)
    throw new TypeError(
      `Cannot make a ZeroMQ transport with libzmq ${why}; leave ${options.socketOptions === undefined ? "option engine" : "options engine and socketOptions"} out to have the engine zmtp.`,
    );
  if (options.rpcPort !== undefined && options.rpcPort === options.pubPort)
    throw new RangeError(
      `Cannot make a ZeroMQ transport: options pubPort and rpcPort are both ${options.rpcPort}; they must differ.`,
    );
}

/** Which engine options ask for. */
export function engineOf({ engine, socketOptions }: ZeromqOptions): "libzmq" | "zmtp" {
  return engine ?? (socketOptions === undefined ? "zmtp" : "libzmq");
}

const KNOWN = `the options are ${Object.keys(Options.entries).join(", ")}; in bind and connect of socketOptions there are ${Object.keys(Settings.entries).join(", ")}`;
