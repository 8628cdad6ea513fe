import type { Estimate, Mistakes, Simulated } from "../../../src/qos/index.ts";

/** One figure, by formula and by simulation. */
export interface Row {
  readonly what: string;
  readonly metric: string;
  readonly closed: number;
  readonly simulated: Estimate;
}

/** How many standard errors the simulation is from the formula. */
export function deviation({ closed, simulated }: Row): number {
  const off = simulated.value - closed;
  return off === 0 ? 0 : off / simulated.error;
}

/** The rows of a detector's mistakes. */
export function mistakeRows(what: string, closed: Mistakes, simulated: Simulated): readonly Row[] {
  return [
    { what, metric: "mistakes per ms", closed: closed.rate, simulated: simulated.rate },
    { what, metric: "duration, ms", closed: closed.duration, simulated: simulated.duration },
    { what, metric: "availability", closed: closed.availability, simulated: simulated.availability },
  ];
}

/** A share of trials, with its binomial error. */
export function shareOf(count: number, trials: number): Estimate {
  const value = count / trials;
  return { value, error: Math.sqrt((value * (1 - value)) / trials) };
}
