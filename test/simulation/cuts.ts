/** Who does not hear whom, direction by direction. A cut that is made twice has to be healed twice. */

export class Cuts {
  readonly #made = new Map<string, number>();

  cut(from: number, to: number): void {
    const way = `${from}>${to}`;
    this.#made.set(way, (this.#made.get(way) ?? 0) + 1);
  }

  heal(from: number, to: number): void {
    const way = `${from}>${to}`;
    const left = (this.#made.get(way) ?? 0) - 1;
    if (left > 0) this.#made.set(way, left);
    else this.#made.delete(way);
  }

  has(from: number, to: number): boolean {
    return this.#made.size > 0 && this.#made.has(`${from}>${to}`);
  }
}
