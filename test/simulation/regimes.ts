/** What a group may run on: which bus, who decides, and whether S1 is promised there. */

export type RegimeName =
  "claims" | "lock" | "unheard" | "lease" | "mesh" | "torn" | "eager" | "keeping" | "intact" | "mixed" | "lists";

export type ElectionName = "claims" | "lock" | "lease";

/**
 * `unheard` is a lock on a bus that falls into pieces, or takes nothing from a primary: the kernel decides, so two are excluded there.
 * `mesh` loses, repeats and reorders, and falls into pieces; `intact` is a mesh that does not, so two are excluded there. In a
 * `mixed` group one instance is set up with another election than the rest, and in `lists` one is not in the list of another.
 */
export interface Regime {
  readonly name: RegimeName;
  readonly election: ElectionName;
  readonly bus: "broker" | "mesh";
  /** S1 holds. Elsewhere it is measured for how long two were active, and checked that it ends. */
  readonly exclusive: boolean;
  readonly eager: boolean;
  /** A primary whose own link is down stays one. */
  readonly keeps: boolean;
  /** The bus itself may fall into pieces. */
  readonly torn: boolean;
  /** One instance has another election. Which one the others have is drawn for each run. */
  readonly mixed: boolean;
  /** What one instance says never reaches another, which is heard by it. Which two is drawn for each run. */
  readonly lists: boolean;
  /** How many of a hundred runs are of this kind. */
  readonly share: number;
}

const CLAIMS = {
  election: "claims",
  bus: "broker",
  exclusive: true,
  eager: false,
  keeps: false,
  torn: false,
  mixed: false,
  lists: false,
} as const;

export const REGIMES: Readonly<Record<RegimeName, Regime>> = {
  claims: { ...CLAIMS, name: "claims", share: 50 },
  lock: { ...CLAIMS, name: "lock", election: "lock", share: 13 },
  unheard: { ...CLAIMS, name: "unheard", election: "lock", torn: true, share: 3 },
  lease: { ...CLAIMS, name: "lease", election: "lease", share: 12 },
  mesh: { ...CLAIMS, name: "mesh", bus: "mesh", exclusive: false, torn: true, share: 8 },
  torn: { ...CLAIMS, name: "torn", exclusive: false, torn: true, share: 4 },
  eager: { ...CLAIMS, name: "eager", exclusive: false, eager: true, share: 4 },
  keeping: { ...CLAIMS, name: "keeping", exclusive: false, keeps: true, share: 2 },
  intact: { ...CLAIMS, name: "intact", bus: "mesh", share: 2 },
  mixed: { ...CLAIMS, name: "mixed", mixed: true, share: 1 },
  lists: { ...CLAIMS, name: "lists", bus: "mesh", exclusive: false, lists: true, share: 1 },
};

export function isRegimeName(name: string | undefined): name is RegimeName {
  return name !== undefined && Object.hasOwn(REGIMES, name);
}

/** @param roll a number in 0..1 */
export function regimeOf(roll: number): Regime {
  let left = roll * 100;
  for (const regime of Object.values(REGIMES)) {
    left -= regime.share;
    if (left < 0) return regime;
  }
  return REGIMES.claims;
}
