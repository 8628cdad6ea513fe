/** A lock that is not taken although its port is free: the folder or the file says that somebody else may be primary. */

import type { CampaignOutcome } from "../../election.ts";
import type { Candidate } from "./candidate.ts";

/** Why nobody may become primary here now. */
export interface Objection {
  /** A sentence that says who is in the way, and what to do. */
  readonly message: string;
  /** The term that the other has given; later ones are above it. */
  readonly term: number;
}

/** What was told already, and the terms that were heard of. */
export interface Refused {
  told?: string;
  term: number;
}

/** Loses a campaign for this reason, and says so once. */
export function refuse({ context, refused }: Candidate, { message, term }: Objection): CampaignOutcome {
  refused.term = Math.max(refused.term, term);
  if (refused.told !== message) context.misconfigured(message);
  refused.told = message;
  // Without the holder: it is not the one at our port, and no fence must kill it.
  return { won: false, message };
}
