/** A program with an MQTT client of its own, which it brings, and ends and connects again when it is told to. */

import process from "node:process";
import { connect } from "mqtt";
import type { Bus, BusChoice } from "../../bench/group/bus.ts";
import { mqtt } from "../../transports/mqtt/index.ts";

/** Its name on the command line. */
export const BROUGHT_MQTT = "mqtt-brought";

/** Ends the client, or connects it again where it was ended. */
export const TURN = "SIGUSR2";

export function broughtMqtt({ url }: BusChoice): Promise<Bus> {
  const client = connect(url, {
    keepalive: 1,
    connectTimeout: 2_000,
    reconnectPeriod: 200,
    reconnectOnConnackError: true,
  });
  process.on(TURN, () => {
    if (client.disconnecting || client.disconnected) client.reconnect();
    else client.end();
  });
  return Promise.resolve({ transport: mqtt({ client }) });
}
