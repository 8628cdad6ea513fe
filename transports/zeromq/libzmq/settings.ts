/** How every socket is set, and why. Durations are milliseconds; what is not named here is left at libzmq's default. */

import type * as Zmq from "zeromq";
import type { SocketOptions } from "../options.ts";
import { pingPause } from "../ping-pause.ts";

/** How long a closing publisher tries to get rid of what was sent. */
const LINGER = 1_000;

/** Settings of each kind of socket, as the package's constructors take them. */
export interface Settings {
  readonly publisher: Zmq.SocketOptions<Zmq.XPublisher>;
  readonly subscriber: Zmq.SocketOptions<Zmq.Subscriber>;
  readonly responder: Zmq.SocketOptions<Zmq.Router>;
  readonly requester: Zmq.SocketOptions<Zmq.Dealer>;
}

export function socketSettings(heartbeatTimeout: number, { bind = {}, connect = {} }: SocketOptions): Settings {
  const pause = pingPause(heartbeatTimeout);
  const every = {
    // Nothing is worth waiting for but a goodbye, which only publishers send. (The default for them is to wait for ever.)
    linger: 0,
    // A stranger that accepts connections and says nothing, or no ZMTP, is hung up on; the default is half a minute.
    handshakeInterval: 2_000,
    // A size is announced before its bytes come; without a bound it would be allocated. Larger than our own limit, so
    // that a message which is merely too long is dropped, and only an absurd one costs its sender the connection.
    maxMessageSize: 1024 * 1024,
    // The loopback and the addresses that `parseEndpoint` takes are IPv4.
    ipv6: false,
  };
  const sending = {
    // Never wait for room: libzmq then says at once what it did, and more than 512 sends in one turn do not throw EBUSY.
    sendTimeout: 0,
  };
  return {
    publisher: {
      ...every,
      ...sending,
      // A goodbye has to leave even where a subscriber is slow; a stopped one must not hold up an exit for longer.
      linger: LINGER,
      // Messages per subscriber. What does not fit is dropped, and that is the newest, such as a goodbye: so there is room
      // for any burst. Old heartbeats do not pile up for long, as a subscriber that stops is dropped by its time to live.
      sendHighWaterMark: 1_000,
      ...bind,
    },
    subscriber: {
      ...every,
      // A half-open connection, whose other host is gone without a word, ends after a while at either end. libzmq's own
      // thread answers PINGs, so they say nothing about a program that hangs. Publishers send none: the reference's
      // subscribers would take them for messages.
      heartbeatInterval: pause,
      heartbeatTimeout: 2 * pause,
      heartbeatTimeToLive: 2 * pause,
      // A new primary is heard within 20 ms of the old one's death, and a dead port costs two attempts a second.
      reconnectInterval: 20,
      reconnectMaxInterval: 500,
      // A host that swallows packets: give the attempt up and try again.
      connectTimeout: 2_000,
      // Messages that wait for this program to read them. Not conflated: a goodbye must not be replaced by a heartbeat.
      receiveHighWaterMark: 1_000,
      ...connect,
    },
    responder: {
      ...every,
      ...sending,
      // Questions that wait, and answers per asker: a flood of either is dropped.
      receiveHighWaterMark: 100,
      sendHighWaterMark: 100,
      ...bind,
    },
    requester: { ...every, ...sending, ...connect },
  };
}
