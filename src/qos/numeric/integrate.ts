/** Definite integrals with a known error. */

/** Nodes of the 15-point Kronrod rule on 0..1 (the rule is symmetric), their weights, and those of the 7-point Gauss rule within it. */
const RULE: readonly (readonly [node: number, kronrod: number, gauss: number])[] = [
  [0.9914553711208126, 0.022935322010529224, 0],
  [0.9491079123427585, 0.06309209262997856, 0.1294849661688697],
  [0.8648644233597691, 0.10479001032225019, 0],
  [0.7415311855993945, 0.14065325971552592, 0.27970539148927664],
  [0.5860872354676911, 0.1690047266392679, 0],
  [0.4058451513773972, 0.19035057806478542, 0.3818300505051189],
  [0.20778495500789848, 0.20443294007529889, 0],
];
const MIDDLE = [0.20948214108472782, 0.4179591836734694] as const;

interface Panel {
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly error: number;
}

function panel(f: (x: number) => number, from: number, to: number): Panel {
  const centre = (from + to) / 2;
  const half = (to - from) / 2;
  const middle = f(centre);
  let kronrod = MIDDLE[0] * middle;
  let gauss = MIDDLE[1] * middle;
  for (const [node, kronrodWeight, gaussWeight] of RULE) {
    const both = f(centre - half * node) + f(centre + half * node);
    kronrod += kronrodWeight * both;
    gauss += gaussWeight * both;
  }
  return { from, to, value: kronrod * half, error: Math.abs(kronrod - gauss) * half };
}

/**
 * ∫ f over `from`..`to` by the adaptive Gauss-Kronrod rule of QUADPACK (Piessens et al. 1983, QAG with 7 and 15 points): the
 * worst panel is halved until the sum of the error estimates is below `tolerance` of the value, or 400 panels were made.
 * `steps` are points where f jumps or bends: a panel never straddles one.
 */
export function integrate(
  f: (x: number) => number,
  from: number,
  to: number,
  steps: readonly number[] = [],
  tolerance = 1e-10,
): number {
  if (!(to > from)) return 0;
  const inner = steps.filter((step) => step > from && step < to).toSorted((a, b) => a - b);
  const edges = [from, ...inner, to];
  const panels = edges.slice(1).map((edge, index) => panel(f, edges[index] ?? from, edge));
  for (let made = panels.length; made < 400; made += 1) {
    const value = panels.reduce((sum, part) => sum + Math.abs(part.value), 0);
    const error = panels.reduce((sum, part) => sum + part.error, 0);
    if (error <= tolerance * value) break;
    const index = panels.reduce((worst, part, at) => (part.error > (panels[worst]?.error ?? 0) ? at : worst), 0);
    const worst = panels[index];
    if (worst === undefined) break;
    const centre = (worst.from + worst.to) / 2;
    panels.splice(index, 1, panel(f, worst.from, centre), panel(f, centre, worst.to));
  }
  return panels.reduce((sum, part) => sum + part.value, 0);
}
