/**
 * From the options of a program to what the protocol works with.
 *
 * @module
 */

import { checkOptions, resolveTimings } from "./config.ts";
import type { Settings } from "./core/state.ts";
import { fixed } from "./detectors/fixed.ts";
import type { Election } from "./election.ts";
import { ASSERTED, type AssertedElection } from "./elections/asserted.ts";
import { claims, type ClaimsElection } from "./elections/claims.ts";
import type { WatcherOptions } from "./options.ts";

/** Who decides: an outside election, the bus, or the owner's word. */
export type Deciding = Election | ClaimsElection | AssertedElection;

/** What a watcher is made of. */
export interface Resolved {
  readonly deciding: Deciding;
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

/**
 * Checks the options, alone and together, and fills in the defaults.
 * @throws {TypeError | RangeError} with a sentence that says which option, which value, and what it must be
 */
export function resolveSettings(options: WatcherOptions): Resolved {
  checkOptions(options);
  const { transport, role, election } = options;
  const hasWork = options.onPromote !== undefined || options.work !== undefined;
  if (role === "primary" && !hasWork)
    throw new TypeError(`Cannot make a watcher: role is "primary" but there is no onPromote; give one, or work.`);
  const deciding = election ?? transport.defaultElection?.() ?? claims();
  const candidate = hasWork || deciding === ASSERTED;
  const { publish } = transport.capabilities;
  if (candidate && isClaims(deciding) && publish !== "everyone")
    throw new TypeError(
      `Cannot make a watcher: claims need a bus on which everyone can publish, and on ${transport.name} it is ${publish}; give another election.`,
    );
  if (options.whenIsolated === "keep" && !isClaims(deciding))
    throw new RangeError(
      `Cannot make a watcher: option whenIsolated is "keep", but the election is ${deciding.name}, which decides by itself; leave it out, or use claims().`,
    );
  const { warnings, ...timings } = resolveTimings(options, hasDeadline(deciding));
  const { priority = 0 } = options;
  // Of two primaries by their owners' word, the one of the higher priority stays.
  const ignored =
    priority > 0 && isElection(deciding)
      ? [`priority (${priority}) is ignored: the election is ${deciding.name}, not claims.`]
      : [];
  const settings: Settings = {
    instanceId: options.instanceId ?? crypto.randomUUID(),
    incarnation: crypto.randomUUID(),
    priority,
    ...timings,
    election: deciding === ASSERTED ? "asserted" : !candidate ? "none" : isClaims(deciding) ? "claims" : "campaign",
    electionName: candidate && deciding !== ASSERTED ? deciding.name : undefined,
    deadline: hasDeadline(deciding),
    publish,
    probes:
      publish === "everyone" || transport.probe !== undefined || (isElection(deciding) && deciding.check !== undefined),
    witness: isElection(deciding) && deciding.check !== undefined,
    eager: options.eager ?? false,
    keepsWhenIsolated: options.whenIsolated === "keep",
    releaseOnOverrun: options.overrun === "release",
    health: options.health !== undefined,
    fence: options.fence !== undefined,
    initialTerm: options.initialTerm ?? 0,
    detector: options.detector ?? fixed(),
  };
  return { deciding, settings, warnings: [...warnings, ...ignored] };
}

export function isClaims(deciding: Deciding): deciding is ClaimsElection {
  return deciding.name === "claims" && !isElection(deciding);
}

export function isElection(deciding: Deciding): deciding is Election {
  return "campaign" in deciding;
}

function hasDeadline(deciding: Deciding): boolean {
  return isClaims(deciding) || (isElection(deciding) && deciding.traits.deadline);
}
