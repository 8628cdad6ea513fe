/**
 * A lease in a store that compares and sets: one record that never expires by itself, taken over when it stood unchanged for
 * a whole timeout on the candidate's own clock, and at once when it says that it was resigned. A question may get lost, and
 * so may the answer to one that was obeyed; whoever got no answer reads what became of it.
 */

import { FENCE_SHARE, PATIENCE_LIMIT } from "../../src/core/timing.ts";
import type { Agenda } from "./agenda.ts";
import { Answers, type Arbiter } from "./arbiter.ts";
import type { Dice } from "./dice.ts";
import type { Node } from "./node.ts";

/** What somebody wants the record to say. */
interface Wish {
  readonly holder: Node;
  readonly term: number;
  readonly resigned: boolean;
  readonly successor: string | undefined;
}

interface Lease extends Wish {
  /** New with every write: whoever reads it knows whose write it was. */
  readonly nonce: number;
}

interface Stored {
  readonly revision: number;
  readonly lease: Lease | undefined;
}

/** What one process knows of the record, and since when on its own clock. */
interface View extends Stored {
  readonly since: number;
}

/** A campaign that waits until the record may be taken. */
interface Waiting {
  readonly id: number;
  readonly highestTerm: number;
  cancelled: boolean;
}

/** A mandate that is being renewed. */
interface Tenure {
  readonly id: number;
  lease: Lease;
  revision: number;
  deadline: number;
  over: boolean;
  /** When each write that may still be found was sent. */
  readonly sent: Map<number, number>;
}

interface Party {
  view: View;
  waiting: Waiting | undefined;
  readonly tenures: Map<number, Tenure>;
}

/** The part of the trust that one renewal, or the pause between two, may take. */
const RENEWAL_SHARE = 1 / 4;

export class LeaseStore implements Arbiter {
  readonly #agenda: Agenda;
  readonly #dice: Dice;
  readonly #parties = new Map<Node, Party>();
  #stored: Stored = { revision: 0, lease: undefined };
  #nonces = 0;
  readonly answers: Answers;
  slowness = 3;
  failing = 0;

  constructor(agenda: Agenda, dice: Dice) {
    this.#agenda = agenda;
    this.#dice = dice;
    this.answers = new Answers(agenda, dice);
  }

  open(node: Node): void {
    const view = { revision: -1, lease: undefined, since: node.now };
    this.#parties.set(node, { view, waiting: undefined, tenures: new Map() });
    this.#read(node, (stored) => {
      if (stored !== undefined) this.#note(node, stored);
      if (stored?.lease === undefined && stored !== undefined) node.feed({ type: "vacant" });
    });
  }

  campaign(node: Node, id: number, highestTerm: number): void {
    const waiting = { id, highestTerm, cancelled: false };
    this.#partyOf(node).waiting = waiting;
    this.#look(node, waiting);
  }

  cancel(node: Node, id: number): void {
    const { waiting } = this.#partyOf(node);
    if (waiting?.id === id) waiting.cancelled = true;
  }

  resign(node: Node, id: number, successor: string | undefined): void {
    const tenure = this.#partyOf(node).tenures.get(id);
    const resigned = (): void => this.answers.say(node, { type: "resigned", id });
    if (tenure === undefined || tenure.over) {
      node.timer(0, resigned);
      return;
    }
    tenure.over = true;
    const wish = { holder: node, term: tenure.lease.term, resigned: true, successor };
    this.#write(node, wish, tenure.revision, trustOf(node) / 4, resigned);
  }

  abandon(node: Node, id: number): void {
    const tenure = this.#partyOf(node).tenures.get(id);
    if (tenure !== undefined) tenure.over = true;
  }

  gone(node: Node): void {
    this.#parties.delete(node);
  }

  #partyOf(node: Node): Party {
    const party = this.#parties.get(node);
    if (party === undefined) throw new Error(`${node.name} has not opened the lease.`);
    return party;
  }

  /** Reads, and takes the record over if it may be taken; waits for the moment, or for news, if not. */
  #look(node: Node, waiting: Waiting): void {
    this.#read(node, (stored) => {
      const party = this.#partyOf(node);
      if (party.waiting !== waiting) return;
      const { id } = waiting;
      if (stored === undefined || waiting.cancelled) {
        party.waiting = undefined;
        const error = new Error("the store did not answer");
        this.answers.say(
          node,
          waiting.cancelled
            ? { type: "defeated", id, message: "called off", holder: undefined }
            : { type: "undecided", id, error },
        );
        return;
      }
      const view = this.#note(node, stored);
      const due = takeableAt(node, view);
      if (party.waiting !== waiting) return;
      if (node.now >= due) this.#take(node, waiting, view);
      else node.timer(due - node.now, () => this.#look(node, waiting));
    });
  }

  #take(node: Node, { id, highestTerm }: Waiting, view: View): void {
    const party = this.#partyOf(node);
    party.waiting = undefined;
    const term = Math.max(view.lease?.term ?? 0, highestTerm) + 1;
    const sentAt = node.now;
    const trust = trustOf(node);
    const wish = { holder: node, term, resigned: false, successor: undefined };
    const nonce = this.#write(node, wish, view.revision, trust / 2, (written) => {
      if (written === "written")
        this.#hold(node, id, sentAt, { revision: view.revision + 1, lease: signed(wish, nonce) });
      else
        this.#read(node, (stored) => {
          if (stored === undefined)
            this.answers.say(node, { type: "undecided", id, error: new Error("the store did not answer") });
          else if (stored.lease?.nonce === nonce)
            this.#hold(node, id, sentAt, { revision: stored.revision, lease: stored.lease });
          else {
            this.#note(node, stored);
            this.answers.say(node, { type: "defeated", id, message: "somebody was faster", holder: undefined });
          }
        });
    });
  }

  #hold(node: Node, id: number, sentAt: number, { revision, lease }: { revision: number; lease: Lease }): void {
    const deadline = sentAt + trustOf(node);
    const tenure = { id, lease, revision, deadline, over: false, sent: new Map([[lease.nonce, sentAt]]) };
    this.#partyOf(node).tenures.set(id, tenure);
    this.#note(node, { revision, lease });
    this.answers.say(node, { type: "won", id, term: lease.term, deadline });
    node.timer(pauseOf(node), () => this.#renew(node, tenure));
  }

  #renew(node: Node, tenure: Tenure): void {
    if (tenure.over) return;
    if (node.now >= tenure.deadline) {
      this.#lose(node, tenure, "not renewed before its deadline");
      return;
    }
    const began = node.now;
    const again = (): void =>
      node.timer(Math.max(0, began + pauseOf(node) - node.now), () => this.#renew(node, tenure));
    const nonce = this.#write(node, tenure.lease, tenure.revision, trustOf(node) * RENEWAL_SHARE, (written) => {
      if (written === "written") {
        this.#prove(node, tenure, signed(tenure.lease, nonce), tenure.revision + 1);
        again();
        return;
      }
      this.#read(node, (stored) => {
        const { lease, revision } = stored ?? {};
        if (lease !== undefined && revision !== undefined && tenure.sent.has(lease.nonce))
          this.#prove(node, tenure, lease, revision);
        else if (stored !== undefined) this.#lose(node, tenure, "another holds it");
        again();
      });
    });
    tenure.sent.set(nonce, began);
  }

  /** What lapsed never comes back, whatever is found later. */
  #prove(node: Node, tenure: Tenure, lease: Lease, revision: number): void {
    const sentAt = tenure.sent.get(lease.nonce) ?? -Infinity;
    tenure.lease = lease;
    tenure.revision = revision;
    for (const older of tenure.sent.keys()) if (older !== lease.nonce) tenure.sent.delete(older);
    if (node.now >= tenure.deadline || tenure.over) return;
    tenure.deadline = Math.max(tenure.deadline, sentAt + trustOf(node));
    node.feed({ type: "renewed", id: tenure.id, deadline: tenure.deadline });
  }

  #lose(node: Node, tenure: Tenure, message: string): void {
    if (tenure.over) return;
    tenure.over = true;
    node.feed({ type: "lost", id: tenure.id, message });
  }

  #note(node: Node, stored: Stored): View {
    const party = this.#partyOf(node);
    if (stored.revision <= party.view.revision) return party.view;
    const { revision, lease } = stored;
    party.view = { revision, lease, since: node.now };
    const { waiting } = party;
    if (waiting !== undefined && lease !== undefined && !lease.resigned && lease.holder !== node) {
      party.waiting = undefined;
      const { instanceId, incarnation } = lease.holder.state.settings;
      const holder = { instanceId, incarnation, term: lease.term };
      this.answers.say(node, { type: "defeated", id: waiting.id, message: "held", holder, alive: true });
    } else if (waiting !== undefined) this.#look(node, waiting);
    return party.view;
  }

  #read(node: Node, then: (stored: Stored | undefined) => void): void {
    this.#ask(node, () => this.#stored, Math.max(node.state.settings.timeout / 3, 20), then);
  }

  #write(
    node: Node,
    wish: Wish,
    revision: number,
    patience: number,
    then: (written: "written" | "conflict" | undefined) => void,
  ): number {
    const nonce = (this.#nonces += 1);
    const obey = (): "written" | "conflict" => {
      if (this.#stored.revision !== revision) return "conflict";
      this.#stored = { revision: revision + 1, lease: signed(wish, nonce) };
      this.#push(node, this.#stored);
      return "written";
    };
    this.#ask(node, obey, patience, then);
    return nonce;
  }

  #ask<Answer>(node: Node, obey: () => Answer, patience: number, then: (answer: Answer | undefined) => void): void {
    const [agenda, dice] = [this.#agenda, this.#dice];
    const { connection } = node;
    let over = false;
    const answer = (value: Answer | undefined): void => {
      if (over) return;
      over = true;
      then(value);
    };
    node.timer(patience, () => answer(undefined));
    if (connection === undefined || (dice.chance(this.failing) && dice.chance(0.5))) return;
    agenda.after(dice.between(0, this.slowness), () => {
      const value = obey();
      if (dice.chance(this.failing)) return;
      agenda.after(dice.between(0, this.slowness), () => {
        if (connection.open) node.socket(() => answer(value));
      });
    });
  }

  /** The store tells whoever watches. */
  #push(writer: Node, stored: Stored): void {
    for (const node of this.#parties.keys()) {
      if (node === writer) continue;
      const { connection } = node;
      this.#agenda.after(this.#dice.between(0, this.slowness), () => {
        if (connection?.open === true) node.socket(() => this.#hear(node, stored));
      });
    }
  }

  #hear(node: Node, stored: Stored): void {
    const before = this.#partyOf(node).view;
    const { lease } = stored;
    if (this.#note(node, stored) === before || lease === undefined || lease.holder === node) return;
    const { instanceId, incarnation } = lease.holder.state.settings;
    if (!lease.resigned) node.feed({ type: "greeted", holder: { instanceId, incarnation, term: lease.term } });
    else {
      const successor = lease.successor === undefined ? {} : { successor: lease.successor };
      node.feed({ type: "evidence", evidence: { kind: "shutdown", incarnation, ...successor } });
    }
  }
}

/** Field by field, because objects that are spread again and again end on V8's slow path. */
function signed({ holder, term, resigned, successor }: Wish, nonce: number): Lease {
  return { holder, term, resigned, successor, nonce };
}

function trustOf(node: Node): number {
  return node.state.settings.timeout * FENCE_SHARE;
}

function pauseOf(node: Node): number {
  return Math.min(node.state.settings.interval, trustOf(node) * RENEWAL_SHARE);
}

/** When the record, as it stands, may be taken: on the own clock, and for the holder's timeout where that is longer. */
function takeableAt(node: Node, { lease, since }: View): number {
  if (lease?.resigned === true || lease?.holder === node) return -Infinity;
  const { timeout } = node.state.settings;
  const theirs = lease?.holder.state.settings.timeout ?? 0;
  return since + Math.max(timeout, Math.min(theirs, PATIENCE_LIMIT * timeout));
}
