/** Columns for a terminal. */

/** Aligns cells: to the left in the first columns, to the right in the others. @param left how many are aligned to the left */
export function formatTable(rows: readonly (readonly string[])[], left = 1): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index < left ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
