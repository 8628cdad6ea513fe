/** What the trials of a cell come to. */

import type { Make } from "../group/assembly.ts";
import type { Idle, LatencyCell, LatencyTrial } from "../schema/latency.ts";
import type { Spread } from "../schema/spread.ts";
import { round } from "../statistics/round.ts";
import { spreadOf } from "../statistics/spread.ts";
import { isSilent, type Cell } from "./cell.ts";
import { predict } from "./prediction.ts";
import type { Outcome } from "./trial.ts";

export function summarize(make: Make, cell: Cell, outcomes: readonly Outcome[], idle: Idle | null): LatencyCell {
  const samples = outcomes.map(({ trial }) => trial);
  const spread = (pick: (trial: LatencyTrial) => number | null): Spread | null =>
    spreadOf(samples.map(pick).filter((value) => value !== null));
  const silent = isSilent(make, cell);
  const bySilence = samples.flatMap(({ evidence, detection }) =>
    evidence === "silence" && detection !== null ? [detection] : [],
  );
  return {
    transport: make.transport,
    election: make.election,
    ...cell,
    trials: samples.length,
    missed: samples.filter(({ promotions }) => promotions === 0).length,
    falsePromotions: outcomes.reduce((sum, { falsePromotions }) => sum + falsePromotions, 0),
    bothPrimaryMs: round(samples.reduce((sum, { bothPrimary }) => sum + bothPrimary, 0)),
    prediction: silent
      ? predict(
          cell,
          outcomes.flatMap(({ delays }) => delays),
          outcomes.flatMap(({ lateness }) => lateness),
          bySilence,
        )
      : null,
    detection: spread(({ detection }) => detection),
    takeover: spread(({ takeover }) => takeover),
    serving: spread(({ serving }) => serving),
    floor: spread(({ floor }) => floor),
    gap: spread((trial) => trial.gap),
    demotion: spread(({ demotion }) => demotion),
    claims: make.election === "claims" ? spread(({ claims }) => claims) : null,
    idle,
    samples,
  };
}
