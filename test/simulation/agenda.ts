/** What happens when: a binary heap of events by time, first come first served at equal times. */

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class Agenda {
  readonly #heap: Entry[] = [];
  #order = 0;
  now = 0;

  at(time: number, run: () => void): void {
    const heap = this.#heap;
    const entry = { at: time > this.now ? time : this.now, order: this.#order++, run };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !before(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run);
  }

  /** Runs the next event, if it is due by `end`; otherwise it is `end` then. */
  next(end: number): boolean {
    const first = this.#heap[0];
    if (first === undefined || first.at > end) {
      this.now = end;
      return false;
    }
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    this.now = first.at;
    first.run();
    return true;
  }

  /** Puts an entry where the first one was, and lets it sink to its place. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let least = heap[below];
      const right = heap[below + 1];
      if (least !== undefined && right !== undefined && before(right, least)) {
        least = right;
        below += 1;
      }
      if (least === undefined || !before(least, entry)) break;
      heap[index] = least;
      index = below;
    }
    heap[index] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
