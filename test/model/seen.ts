/** A set of keys that remembers 64 bits of each: a `Set` ends at 16 million, and keys fill the memory long before. */

const SMALLEST = 2 ** 16;

/** How full it may become. */
const LOAD = 0.6;

/** Two of a hundred million keys look alike by chance in one of four thousand runs: n²/2 pairs, each with 2^-64. */
export class Seen {
  #high = new Uint32Array(SMALLEST);
  #low = new Uint32Array(SMALLEST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns whether the key is new */
  add(key: readonly number[]): boolean {
    let [high, low] = [0xdeadbeef, 0x41c6ce57];
    for (const number of key) {
      high = Math.imul(high ^ number, 2_654_435_761);
      high ^= high >>> 15;
      low = Math.imul(low ^ number, 1_597_334_677);
      low ^= low >>> 13;
    }
    high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
    low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
    // Two zeros are an empty place.
    const isNew = this.#put(high >>> 0, low >>> 0 || 1);
    if (isNew && ++this.#size > this.#high.length * LOAD) this.#grow();
    return isNew;
  }

  #put(high: number, low: number): boolean {
    const mask = this.#high.length - 1;
    for (let place = (high ^ Math.imul(low, 0x9e3779b1)) & mask; ; place = (place + 1) & mask) {
      if (this.#low[place] === 0) {
        this.#high[place] = high;
        this.#low[place] = low;
        return true;
      }
      if (this.#low[place] === low && this.#high[place] === high) return false;
    }
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(2 * high.length);
    this.#low = new Uint32Array(2 * low.length);
    for (const [place, value] of low.entries()) if (value !== 0) this.#put(high[place] ?? 0, value);
  }
}
