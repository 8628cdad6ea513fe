/**
 * When two worlds are the same: everything that can decide what happens next, and nothing else. Times are distances from now;
 * a time that is past, and up to which everything was read, is only that. Numbers of claims, offices and connections are
 * distances from their owner's last. Numbers of messages are gone: in pipes that keep their order they tell only what is new.
 */

import type { Receipt } from "../../src/core/effect.ts";
import type { State } from "../../src/core/state.ts";
import type { Message, Question } from "../../src/messages.ts";
import { UNIT, type Instance, type Item, type World } from "./world.ts";

/** Longer ago than this is long ago: no mandate, claim or stop lasts as long. In milliseconds. */
const LONG_AGO = 6 * UNIT;

/** Nobody remembers as many claims, offices or connections of his own. */
const FAR = 4;

/** Over, and everything was read that had arrived by then. */
const PAST = "r";

export function keyOf(world: World): string {
  return new Key(world).text;
}

class Key {
  readonly #world: World;
  readonly #owners = new Map<string, State>();

  constructor(world: World) {
    this.#world = world;
    for (const { state, ghost } of world.instances)
      for (const known of [state, ghost]) if (known !== undefined) this.#owners.set(known.settings.incarnation, known);
  }

  get text(): string {
    const { instances, orphans, budget } = this.#world;
    const { losses, duplicates, crashes, pauses, delays } = budget;
    const last = orphans.map((item) => this.#item(item, undefined, true)).join();
    return [losses, duplicates, crashes, pauses, delays, last, ...instances.map((one) => this.#instance(one))].join(
      "|",
    );
  }

  #when(time: number | undefined): string {
    if (time === undefined) return "";
    return time === Infinity ? "+" : time === -Infinity ? "-" : String(Math.max(time - this.#world.now, -LONG_AGO));
  }

  #instance(instance: Instance): string {
    const { state, memory, starts, stopped, broken, up, down, late, unsettled, reading, callback } = instance;
    if (state === undefined) return `${starts},${memory}`;
    const heard = new Map([...state.peers].map(([key, { seq }]) => [key, seq]));
    const arriving = down.map((item) => {
      const { incarnation = "", seq = 0 } = item.message ?? {};
      const fresh = seq > (heard.get(incarnation) ?? -1);
      if (fresh) heard.set(incarnation, seq);
      return this.#item(item, state, fresh);
    });
    return [
      starts,
      this.#when(stopped),
      this.#when(broken?.since),
      broken?.noticed,
      up.map((item) => this.#item(item, state, true)).join(),
      down.length > 0 && late === this.#world.now,
      arriving.join(),
      unsettled.map(({ receipt, sentAt }) => this.#receipt(receipt, state) + this.#when(sentAt)).join(),
      this.#when(reading),
      callback,
      this.#state(state, reading),
    ].join(";");
  }

  #state(state: State, asOf: number | undefined): string {
    const { link, terms, primary, watch, attempt, rivals, office, rhythm, work, settings } = state;
    const { now } = this.#world;
    const limit = (at: number): string => this.#limit(at, state, asOf);
    const parts: unknown[] = [
      state.life,
      link.up,
      terms.mandate,
      terms.highest,
      primary?.incarnation,
      primary?.term,
      limit(link.quietUntil),
      link.asked === Infinity,
      limit(watch.silenceAt),
      limit(watch.quietUntil),
      limit(watch.othersUntil),
      limit(state.holdUntil),
      watch.excused,
      watch.evidence?.kind,
      state.reading,
      this.#when(state.staleAnswerAt),
      this.#when(Math.max(state.wakeAt, now - 2 * UNIT)),
      work.stage,
    ];
    for (const [key, { endedTerm, answeredStaleAt }] of state.peers)
      if (this.#maySpeak(key)) parts.push(key, endedTerm, this.#when(Math.max(answeredStaleAt, now - UNIT)));
    for (const [key, rival] of rivals) {
      const until = limit(rival.until);
      if (until !== PAST) parts.push(key, this.#back(key, rival.claim), until);
    }
    if (attempt?.kind === "claim") {
      const { id, term, connection, sentAt, closesAt, ackedAt, waived } = attempt;
      parts.push(Math.min(FAR, state.ids - id), term, connection === link.connection, waived);
      parts.push(this.#when(sentAt), this.#when(closesAt), this.#when(ackedAt));
      parts.push(Math.max(closesAt, ackedAt) <= state.readUpTo);
    }
    if (office !== undefined) {
      const { id, term, status, deadline, announce, isolated, leaving, overdueAt, overran } = office;
      parts.push(Math.min(FAR, state.ids - id), term, status, announce, isolated, leaving?.code, overran);
      parts.push(this.#when(deadline), this.#when(overdueAt), this.#when(Math.max(rhythm.sentAt, now - UNIT)));
      parts.push(this.#when(rhythm.gridStart + (rhythm.slot + 1) * settings.interval), this.#when(rhythm.answerAt));
      parts.push(this.#questions(rhythm.questions));
    }
    return parts.join();
  }

  /**
   * A limit that is past decides by whether everything was read that had arrived by then, and beside a claim, which may be
   * older, by which of the two was first. The claim that it allows is made a window before.
   */
  #limit(at: number, { readUpTo, attempt, settings }: State, asOf = -Infinity): string {
    const { now } = this.#world;
    const reading = (time: number): string => (time <= readUpTo ? PAST : time <= asOf ? "b" : time <= now ? "u" : "");
    if (at > now) return this.#when(at) + reading(at - settings.claimWindow);
    return reading(at) + (attempt?.kind === "claim" && at > attempt.closesAt ? "!" : "");
  }

  /** A process that is gone says nothing more, once its last words have arrived. */
  #maySpeak(incarnation: string): boolean {
    const { instances, orphans } = this.#world;
    return (
      instances.some(({ state }) => state?.settings.incarnation === incarnation) ||
      orphans.some(({ message }) => message?.incarnation === incarnation) ||
      instances.some(({ down }) => down.some(({ message }) => message?.incarnation === incarnation))
    );
  }

  /** How far a number of an owner's lies behind its last. */
  #back(owner: string, number: number): number {
    return Math.min(FAR, (this.#owners.get(owner)?.ids ?? 0) - number);
  }

  #item({ since, message, receipt, sentAt }: Item, owner: State | undefined, fresh: boolean): string {
    const proves = receipt === undefined || receipt.for === "nothing" || owner === undefined ? "" : this.#when(sentAt);
    const said = message === undefined ? "" : this.#message(message);
    return `${said}${fresh ? "" : "!"}${this.#receipt(receipt, owner)}@${proves}@${this.#when(since)}`;
  }

  /** Whom an answer to these excepts from listening. */
  #questions(questions: readonly Question[]): string {
    const counts = questions.filter(({ incarnation, seq }) => seq >= (this.#owners.get(incarnation)?.link.asked ?? 0));
    return [...new Set(counts.map(({ incarnation }) => incarnation))].sort().join("+");
  }

  #receipt(receipt: Receipt | undefined, owner: State | undefined): string {
    if (receipt === undefined || receipt.for === "nothing" || owner === undefined) return "";
    const number = receipt.for === "claim" ? receipt.id : receipt.office;
    return `${receipt.for}${Math.min(FAR, owner.ids - number)}/${receipt.connection === owner.link.connection}`;
  }

  #message(message: Message): string {
    const { kind, incarnation = "" } = message;
    const said: unknown[] = [kind, incarnation];
    if ("term" in message) said.push(message.term);
    if ("claim" in message) said.push(this.#back(incarnation, message.claim));
    if (message.kind === "stale") said.push(message.mandateTerm, message.highestTerm);
    if (message.kind === "heartbeat") said.push(message.leaving, this.#questions(message.answers ?? []));
    return said.join(":");
  }
}
