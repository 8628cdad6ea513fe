/** The buses, each with its election, that chaos can be brought upon. */
export const BUSES = ["zeromq", "mesh", "nats", "nats-lease", "mqtt"] as const;
export type BusName = (typeof BUSES)[number];

/** Those on which two are never primary at once: a mesh promises that only while it is in one piece. */
export function isExclusive(bus: BusName): boolean {
  return bus !== "mesh";
}
