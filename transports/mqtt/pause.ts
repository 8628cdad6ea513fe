/** Between two attempts: longer each time, and never the same for all. */

export interface Pause {
  /** Does something after the next pause; nothing, where something is waiting already. */
  then(act: () => void): void;
  /** Calls off what is waiting. */
  cancel(): void;
  /** The next pause is the first again. */
  reset(): void;
}

/** @param first and `longest`, in milliseconds */
export function makePause(first: number, longest: number): Pause {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = first;
  return {
    then(act) {
      if (timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        act();
      }, jittered(next));
      next = Math.min(2 * next, longest);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
    reset: () => void (next = first),
  };
}

/** Three quarters of a pause, or more. */
export function jittered(pause: number): number {
  return Math.round(pause * (0.75 + Math.random() / 4));
}
