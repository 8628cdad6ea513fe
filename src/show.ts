/** Values of any kind in sentences: shortened, and never by a method of their own that might throw. */

/** So many characters of a text are shown. */
const SHOWN = 300;

/** A text, or its beginning and its length. */
export function shorten(text: string, write: (part: string) => string = String): string {
  const rest = text.length > SHOWN ? `... (${text.length} characters)` : "";
  return write(text.slice(0, SHOWN)) + rest;
}

/** A value that was given, as JavaScript writes it where that is short, or what kind of value it is. */
export function show(value: unknown): string {
  if (typeof value === "string") return shorten(value, JSON.stringify);
  const kind = typeof value;
  if (kind === "object" && value !== null) return "an object";
  return kind === "function" || kind === "symbol" || kind === "bigint" ? `a ${kind}` : String(value);
}

/** What a value says of itself, for whatever was thrown or names itself. */
export function textOf(value: unknown): string {
  try {
    return shorten(String(value));
  } catch {
    // Its toString throws, or it has none.
    return "something that has no text";
  }
}
