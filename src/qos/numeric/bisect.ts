/**
 * The smallest x in `low`..`high` where a condition that holds from some point on holds, to the last bit that doubles have
 * (never more than 200 halvings). The condition must hold at `high`.
 */
export function bisect(holds: (x: number) => boolean, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let halving = 0; halving < 200; halving += 1) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) break;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
