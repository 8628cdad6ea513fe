/** What libzmq says of a connection that came to nothing before either side could speak. */

import type { Event } from "zeromq";

/** The codes that mean that both speak ZMTP, and that their security does not fit. */
const MEANING: Readonly<Record<string, string>> = {
  ERR_ZMTP_MECHANISM_MISMATCH: "one side uses another security mechanism than the other",
  ERR_ZMTP_CRYPTOGRAPHIC: "its CURVE key is not the one that was meant",
};

/** Why the security of both sides does not fit, or undefined where the event says nothing of the kind. */
export function securityFlaw(event: Event): string | undefined {
  switch (event.type) {
    case "handshake:error:protocol":
      return MEANING[event.error.code];
    case "handshake:error:auth":
      return `what authenticates said no (${event.error.status})`;
    default:
      return undefined;
  }
}

/**
 * Tells once of those who connect and whose security does not fit. libzmq does not say who they are, only where.
 * @returns takes the events of a socket that is bound
 */
export function tellMisfits(endpoint: string, misconfigured: (message: string) => void): (event: Event) => void {
  let told = false;
  return (event) => {
    const flaw = securityFlaw(event);
    if (flaw === undefined || told) return;
    told = true;
    misconfigured(
      `Somebody who connects to ${endpoint} cannot be talked to: ${flaw}; give all instances the same security in socketOptions. libzmq does not say who it is.`,
    );
  };
}
