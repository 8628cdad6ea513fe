/** Questions of the program that the protocol answers later. */

export class Questions {
  #count = 0;
  readonly #waiting = new Map<number, (answer: unknown) => void>();

  /** @param pose puts the question, under the number that its answer will come with */
  ask<Answer>(pose: (id: number) => void): Promise<Answer> {
    return new Promise((resolve) => {
      const id = ++this.#count;
      this.#waiting.set(id, resolve as (answer: unknown) => void);
      pose(id);
    });
  }

  answer(id: number, answer: unknown): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
