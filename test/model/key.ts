/**
 * When two worlds are the same: everything that can decide what happens next, and nothing else. Times are distances from now;
 * a time that is past, and up to which everything was read, is only that. Numbers of claims, offices and connections are
 * distances from their owner's last. Numbers of messages are gone: in pipes that keep their order they tell only what is new.
 */

import type { Receipt } from "../../src/core/effect.ts";
import { peerOf } from "../../src/core/peers.ts";
import type { State } from "../../src/core/state.ts";
import type { Message, Question } from "../../src/messages.ts";
import { UNIT, type Instance, type Item, type World } from "./world.ts";

/** Longer ago than this is long ago: no mandate, claim or stop lasts as long. In milliseconds. */
const LONG_AGO = 6 * UNIT;

/** Nobody remembers as many claims, offices or connections of his own. */
const FAR = 4;

/** In the place of a number: what is not there, for ever, and never. */
const [NONE, EVER, NEVER] = [10_000_001, 10_000_002, 10_000_003];

/** What was read of that which had arrived by a limit, while the limit is to come, and once it is over. */
const [UNDUE, PAST, BEING_READ, UNREAD, SHARES] = [0, 1, 2, 3, 8];

/** Added where a limit is later than the end of a claim's window. */
const LATER = 4;

/** Words as numbers, in the order in which they were met first. */
const WORDS = new Map<string, number>();

/** Every part of it begins with how long it is, where that differs. */
export function keyOf(world: World): readonly number[] {
  return new Key(world).numbers;
}

class Key {
  readonly numbers: number[] = [];
  readonly #world: World;
  readonly #owners = new Map<string, State>();

  constructor(world: World) {
    this.#world = world;
    const { instances, orphans, budget } = world;
    for (const { state, ghost } of instances)
      for (const known of [state, ghost]) if (known !== undefined) this.#owners.set(known.settings.incarnation, known);
    this.#add(budget.losses, budget.duplicates, budget.crashes, budget.restarts, budget.pauses, budget.delays);
    this.#add(budget.leaves, orphans.length);
    for (const item of orphans) this.#item(item, undefined, true);
    for (const instance of instances) this.#instance(instance);
  }

  #add(...numbers: (number | boolean | undefined)[]): void {
    for (const number of numbers) this.numbers.push(number === undefined ? NONE : Number(number));
  }

  #when(time: number | undefined): number {
    if (time === undefined) return NONE;
    return time === Infinity ? EVER : time === -Infinity ? NEVER : Math.max(time - this.#world.now, -LONG_AGO);
  }

  #instance(instance: Instance): void {
    const { state, memory, starts, stopped, broken, up, down, late, unsettled, reading, callback, lastCallback } =
      instance;
    this.#add(starts, state !== undefined);
    if (state === undefined) {
      this.#add(this.#world.budget.restarts > 0 ? memory : NONE);
      return;
    }
    this.#add(this.#when(stopped), this.#when(broken?.since), broken?.noticed, up.length);
    for (const item of up) this.#item(item, state, true);
    this.#add(down.length > 0 && late === this.#world.now, down.length);
    const heard = new Map<string, number>();
    for (const item of down) {
      const { incarnation = "", seq = 0 } = item.message ?? {};
      const fresh = seq > (heard.get(incarnation) ?? peerOf(state, incarnation).seq);
      if (fresh) heard.set(incarnation, seq);
      this.#item(item, state, fresh);
    }
    this.#add(unsettled.length);
    for (const { receipt, sentAt } of unsettled) {
      this.#receipt(receipt, state);
      this.#add(this.#when(sentAt));
    }
    this.#add(this.#when(reading), callback !== undefined, this.#when(callback?.since), wordOf(lastCallback));
    this.#state(state, reading);
  }

  #state(state: State, asOf: number | undefined): void {
    const { link, terms, primary, watch, attempt, office, rhythm, work, settings } = state;
    const { now } = this.#world;
    const limit = (at: number): number => this.#limit(at, state, asOf);
    this.#add(wordOf(state.life), link.up, terms.mandate, terms.highest);
    this.#add(
      wordOf(primary?.incarnation),
      primary?.term,
      this.#when(primary?.servedAt),
      primary?.failing,
      primary?.failed,
    );
    this.#add(limit(link.quietUntil), link.asked === Infinity);
    this.#add(limit(watch.silenceAt), limit(watch.quietUntil), limit(watch.othersUntil));
    this.#add(
      ...[state.backoffUntil, state.courtesyUntil, state.holdBackUntil].map((at) => this.#held(at, state, asOf)),
    );
    // Every wait is as long here, and every step of a backoff; only the first failure of another is not waited for.
    this.#add(state.failures > 0);
    this.#add(watch.excused, wordOf(watch.evidence?.kind), state.reading, this.#when(state.staleAnswerAt));
    this.#add(this.#when(Math.max(state.wakeAt, now - 2 * UNIT)), wordOf(work.stage));
    this.#add(this.#when(state.handover?.until), this.#when(state.handover?.limit));
    this.#peers(state);
    this.#rivals(state, limit);
    this.#add(attempt?.kind === "claim", office !== undefined);
    if (attempt?.kind === "claim") {
      const { id, term, connection, sentAt, closesAt, ackedAt, waived } = attempt;
      this.#add(Math.min(FAR, state.ids - id), term, connection === link.connection, waived);
      this.#add(this.#when(sentAt), this.#when(closesAt), this.#when(ackedAt));
      this.#add(Math.max(closesAt, ackedAt) <= state.readUpTo);
    }
    if (office !== undefined) {
      const { id, term, status, deadline, announce, isolated, servedAt, leaving, overdueAt, overran } = office;
      this.#add(
        Math.min(FAR, state.ids - id),
        term,
        wordOf(status),
        announce,
        isolated,
        this.#when(servedAt),
        wordOf(leaving?.code),
        overran,
      );
      this.#add(this.#when(deadline), this.#when(overdueAt), this.#when(Math.max(rhythm.sentAt, now - UNIT)));
      this.#add(this.#when(rhythm.gridStart + (rhythm.slot + 1) * settings.interval), this.#when(rhythm.answerAt));
      this.#questions(rhythm.questions);
    }
  }

  /** Who was heard last decides only whom a crowd would make one forget. Who has merely been heard is known by `fresh`. */
  #peers({ peers, latest }: State): void {
    const { now } = this.#world;
    const known = [...peers, ...(latest === undefined ? [] : [[latest.key, latest.peer] as const])];
    this.#sorted(
      known
        .filter(([key]) => this.#maySpeak(key))
        .map(([key, peer]) => [wordOf(key), peer.endedTerm, this.#when(Math.max(peer.answeredStaleAt, now - UNIT))])
        .filter(([, endedTerm, answeredStaleAt]) => endedTerm !== -1 || answeredStaleAt !== -UNIT),
    );
  }

  #rivals({ rivals }: State, limit: (at: number) => number): void {
    this.#sorted(
      [...rivals]
        .map(([key, rival]) => [wordOf(key), this.#back(key, rival.claim), limit(rival.until)])
        .filter(([, , until]) => until !== PAST),
    );
  }

  /** Adds parts of one length, which each begin with another number, in an order that is always the same. */
  #sorted(parts: number[][]): void {
    this.#add(parts.length, ...parts.sort(([one = 0], [other = 0]) => one - other).flat());
  }

  /**
   * A limit that is past decides by whether everything was read that had arrived by then, and beside a claim, which may be
   * older, by which of the two was first. The claim that it allows is made a window before.
   */
  #limit(at: number, { readUpTo, attempt, settings }: State, asOf = -Infinity): number {
    const { now } = this.#world;
    const reading = (time: number): number =>
      time <= readUpTo ? PAST : time <= asOf ? BEING_READ : time <= now ? UNREAD : UNDUE;
    if (at > now) return this.#when(at) * SHARES + reading(at - settings.claimWindow);
    return reading(at) + (attempt?.kind === "claim" && at > attempt.closesAt ? LATER : 0);
  }

  /** No campaign before. A limit that is past decides by whether everything was read that had arrived by then. */
  #held(at: number, { readUpTo }: State, asOf = -Infinity): number {
    const { now } = this.#world;
    if (at > now) return this.#when(at) * SHARES;
    return at <= readUpTo ? PAST : at <= asOf ? BEING_READ : UNREAD;
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

  #item({ since, message, receipt, sentAt }: Item, owner: State | undefined, fresh: boolean): void {
    const proves =
      receipt === undefined || receipt.for === "nothing" || owner === undefined ? NONE : this.#when(sentAt);
    this.#add(this.#when(since), fresh, proves);
    this.#receipt(receipt, owner);
    this.#message(message);
  }

  /** Whom an answer to these excepts from listening. */
  #questions(questions: readonly Question[] = []): void {
    const asking = new Set<number>();
    for (const { incarnation, seq } of questions) if (this.#isAsked(incarnation, seq)) asking.add(wordOf(incarnation));
    this.#add(asking.size, ...[...asking].sort((one, other) => one - other));
  }

  /** Whether an answer to this message excepts its sender from listening. */
  #isAsked(incarnation: string, seq = 0): boolean {
    return seq >= (this.#owners.get(incarnation)?.link.asked ?? 0);
  }

  #receipt(receipt: Receipt | undefined, owner: State | undefined): void {
    if (receipt === undefined || receipt.for === "nothing" || owner === undefined) {
      this.#add(NONE);
      return;
    }
    const number = receipt.for === "claim" ? receipt.id : receipt.office;
    this.#add(wordOf(receipt.for), Math.min(FAR, owner.ids - number), receipt.connection === owner.link.connection);
  }

  #message(message: Message | undefined): void {
    this.#add(wordOf(message?.kind));
    if (message === undefined) return;
    const { kind, incarnation = "" } = message;
    this.#add(wordOf(incarnation));
    if ("term" in message) this.#add(message.term);
    if ("claim" in message) this.#add(this.#back(incarnation, message.claim));
    if (kind === "stale") this.#add(message.mandateTerm, message.highestTerm);
    // Nobody's role depends on whether a primary says that it is leaving.
    if (kind === "heartbeat") this.#add(message.promoting);
    if (kind === "heartbeat") this.#questions(message.answers);
    if (kind === "probe" || kind === "claim") this.#add(this.#isAsked(incarnation, message.seq));
  }
}

function wordOf(text: string | undefined): number {
  if (text === undefined) return NONE;
  const known = WORDS.get(text);
  if (known !== undefined) return known;
  WORDS.set(text, WORDS.size);
  return WORDS.size - 1;
}
