/** The clocks of sender and reader, put onto one another. */

/** A straight line. */
export interface Line {
  readonly at: number;
  readonly value: number;
  readonly slope: number;
}

/**
 * The line below all points that is nearest to them in the mean: an edge of their lower convex hull, the one over the mean of x.
 * Delays that were measured between two clocks rise or fall with the difference of their rates; the fastest messages lie on a
 * line, and what is above it is delay (Moon, Skelly, Towsley, "Estimation and Removal of Clock Skew from Network Delay
 * Measurements", INFOCOM 1999).
 *
 * @param points in order of x
 */
export function lowerEnvelope(points: readonly { readonly x: number; readonly y: number }[]): Line {
  const hull: { readonly x: number; readonly y: number }[] = [];
  for (const point of points) {
    for (;;) {
      const [a, b] = [hull.at(-2), hull.at(-1)];
      if (a === undefined || b === undefined || (b.x - a.x) * (point.y - a.y) > (point.x - a.x) * (b.y - a.y)) break;
      hull.pop();
    }
    hull.push(point);
  }
  const middle = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const right = Math.max(
    1,
    hull.findIndex(({ x }) => x >= middle),
  );
  const [a, b] = [hull[right - 1], hull[right]];
  if (a === undefined) throw new RangeError("A line needs points to lie below, and there are none.");
  return { at: a.x, value: a.y, slope: b === undefined || b.x === a.x ? 0 : (b.y - a.y) / (b.x - a.x) };
}
