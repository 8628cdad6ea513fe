/** What must not be in a report, nor in an error. */

/** A text without the names and passwords of the addresses in it. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/\/\/[^/\s]+@/g, "//***@");
}
