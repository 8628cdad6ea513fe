/** Sentences for a terminal. */

/** Each as a line of its own, with a dash. */
export function bullets(sentences: readonly string[]): string {
  return sentences
    .map((sentence) => wrap(sentence, 116).replaceAll("\n", "\n    "))
    .map((text) => `  - ${text}`)
    .join("\n");
}

/** Lines of at most so many characters, broken between words. */
function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

/** Two to the right, but for empty lines. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
