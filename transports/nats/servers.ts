/** Servers and credentials of a connection of our own, as the package takes them. */

import { asError, TransportError } from "../../src/errors.ts";

/** Where a connection was sought, for an error: without the secrets that an address may have, which the package does not use. */
export function placesOf(servers: string | readonly string[] | undefined): string {
  if (servers === undefined) return "the local server";
  const hidden = /^([a-z]+:\/\/)?[^/\s]*@/i;
  const places = [servers].flat();
  const names = places.map((place) => place.replace(hidden, "$1***@")).join(", ");
  const isSecret = places.some((place) => hidden.test(place));
  return isSecret ? `${names} (a name and password there are not used; give options: { user, pass })` : names;
}

/** The package takes a scheme for decoration: `tls` is made true here. */
export function tlsOf(
  servers: string | readonly string[] | undefined,
  { tls }: Readonly<Record<string, unknown>>,
): { readonly tls?: object } {
  const wanted = [servers ?? []].flat().some((server) => /^tls:\/\//i.test(server));
  return wanted && (tls === undefined || tls === null) ? { tls: {} } : {};
}

type Authenticator = (nonce?: string) => unknown;

/**
 * A credential that cannot be read now may be there in a second. The package would end a connection for good where the user's function
 * throws; without credentials the server refuses it, and it is tried again.
 * @param failed told of what was thrown, once as long as it stays the same
 */
export function authenticatorOf(
  { authenticator }: Readonly<Record<string, unknown>>,
  failed: (error: Error) => void,
): { readonly authenticator?: readonly Authenticator[] } {
  const given = [authenticator].flat().filter((one): one is Authenticator => typeof one === "function");
  if (given.length === 0) return {};
  let told: string | undefined;
  return {
    authenticator: given.map((one) => (nonce) => {
      try {
        return one(nonce);
      } catch (thrown) {
        const { message } = asError(thrown);
        if (message !== told)
          failed(
            new TransportError("FAILED", `Cannot read the credentials for NATS: ${message}; it is tried again.`, {
              cause: thrown,
            }),
          );
        told = message;
        return {};
      }
    }),
  };
}
