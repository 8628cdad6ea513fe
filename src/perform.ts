/** Carries out what a step of the protocol wants done: each effect by the part of the shell that it is meant for. */

import type { Arbiter } from "./arbiter.ts";
import type { Clock } from "./clock.ts";
import type { DropReason, Effect } from "./core/effect.ts";
import type { Courier } from "./courier.ts";
import type { Engine } from "./engine.ts";
import type { News } from "./news.ts";
import type { Questions } from "./questions.ts";
import type { Gaps } from "./timings.ts";
import type { Work } from "./work.ts";

/** Who carries effects out. */
export interface Performers {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly courier: Courier;
  /** Absent where no outside election decides. */
  readonly arbiter: Arbiter | undefined;
  readonly work: Work;
  readonly news: News;
  readonly gaps: Gaps;
  readonly questions: Questions;
  dropped(why: DropReason): void;
  /** The question that a `check()` waited for is asked. */
  inquired(): void;
  ended(error: Error | undefined): void;
}

export function perform(effect: Effect, by: Performers): void {
  switch (effect.type) {
    case "send":
      by.courier.send(effect.message, effect.receipt);
      return;
    case "read":
      by.engine.readAll(effect.asOf);
      return;
    case "campaign":
      by.arbiter?.campaign(effect.id, effect.highestTerm);
      return;
    case "cancel":
      by.arbiter?.cancel(effect.id);
      return;
    case "resign":
      by.arbiter?.resign(effect.id, effect.successor);
      return;
    case "abandon":
      by.arbiter?.abandon(effect.id);
      return;
    case "lead":
      by.courier.lead();
      return;
    case "follow":
      by.courier.follow();
      return;
    case "promote":
      by.gaps.reset();
      by.work.promote(effect.term, effect.reason);
      by.courier.record(effect.term);
      return;
    case "abort":
      by.work.abort(effect.reason);
      return;
    case "demote":
      by.work.demote(effect.term, effect.reason);
      return;
    case "ask":
      askLater(effect, by);
      return;
    case "health":
      by.work.health(effect.id, effect.timeout);
      return;
    case "fence":
      by.work.fence(effect.id, effect.holder);
      return;
    case "emit":
      if (effect.event.type === "link") by.gaps.interrupt();
      by.news.tell(effect.event.type, effect.event.detail);
      return;
    case "journal":
      by.news.note(effect.reason);
      return;
    case "heard":
      by.gaps.hear(effect.arrival, effect.isNew);
      return;
    case "drop":
      by.dropped(effect.why);
      return;
    case "inquired":
      by.inquired();
      return;
    case "checked":
      by.questions.answer(effect.id, effect.result);
      return;
    case "handed-over":
      by.questions.answer(effect.id, effect.successor === undefined ? undefined : { successor: effect.successor });
      return;
    case "ended":
      by.ended(effect.error);
      return;
    default:
      effect satisfies never;
  }
}

function askLater(
  { number, after }: Extract<Effect, { type: "ask" }>,
  { clock, engine, courier, arbiter }: Performers,
): void {
  clock.setTimer(() => {
    const { attempt, office, life } = engine.state;
    if (attempt?.kind === "campaign" || office !== undefined || life !== "watching") return;
    courier.ask(number);
    arbiter?.ask(number);
  }, after);
}
