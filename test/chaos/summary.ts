/** What a run of chaos says to people. */

import type { ChaosReport } from "./chaos.ts";

/** A few lines: what was struck, how long the answers took, what was found, and how to see it again. */
export function summarise(report: ChaosReport): string {
  const { bus, wire, seed, from, rounds, lasted, faults, reigns, units, refused, bound, violations, together } = report;
  const struck = Object.entries(faults).toSorted((one, other) => other[1] - one[1]);
  const answers = report.answers.toSorted((one, other) => one.milliseconds - other.milliseconds);
  const at = (share: number): string => show(answers[Math.floor(share * (answers.length - 1))]?.milliseconds);
  const slowest = answers.at(-1);
  const lines = [
    `${bus} over ${wire}, seed ${seed}: ${rounds} rounds in ${(lasted / 60_000).toFixed(1)} minutes`,
    `  struck    ${struck.map(([name, count]) => `${name} ${count}`).join(", ")}`,
    `  answered  after ${at(0.5)} (half of ${answers.length}), ${at(0.99)} (99 %), at most ${at(1)}; the bound is ${bound} ms`,
    `  slowest   round ${slowest?.round}, after ${slowest?.after}; the observer's own timers were ${show(slowest?.late)} late`,
    `  worked    ${units} units in ${reigns} reigns; the store refused ${refused} late writes; two at once for ${show(together)}`,
    ...report.passing.map(
      (sentence) => `  passing   ${sentence} (A bus without a barrier, and one of them stood still.)`,
    ),
    ...report.again.map((sentence) => `  again     ${sentence} (Nothing keeps terms here.)`),
    ...violations.map((violation) => `  VIOLATION ${violation}`),
    ...(report.folder === undefined ? [] : [`  kept      ${report.folder}`]),
    `  repeat    npm run chaos -- --bus ${bus} --wire ${wire} --seed ${seed} --from ${from} --rounds ${rounds + (violations.length > 0 ? 1 : 0)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function show(milliseconds = NaN): string {
  return `${milliseconds.toFixed(0)} ms`;
}
