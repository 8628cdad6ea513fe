/** The buses, each with its election, that chaos can be brought upon. */
export const BUSES = ["zeromq", "mesh", "nats", "nats-lease", "mqtt"] as const;
export type BusName = (typeof BUSES)[number];

/** Those whose election keeps its terms whatever happens here. (MQTT's retained message dies with a broker that keeps it in memory.) */
export function isDurable(bus: BusName): boolean {
  return bus === "zeromq" || bus === "nats-lease";
}

/** Those on which two are never primary at once: a mesh promises only that it ends. */
export function isExclusive(bus: BusName): boolean {
  return bus !== "mesh";
}
