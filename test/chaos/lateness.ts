/** Notices how late the timers of this process are: what a busy machine keeps everybody waiting. */

/** Between two looks, in milliseconds. */
const PAUSE = 5;

export interface Lateness {
  /** The worst since it was last taken, in milliseconds. */
  take(): number;
  stop(): void;
}

export function watchLateness(): Lateness {
  let [worst, expected] = [0, performance.now() + PAUSE];
  const look = (): number => {
    worst = Math.max(worst, performance.now() - expected);
    return worst;
  };
  const timer = setInterval(() => {
    look();
    expected = performance.now() + PAUSE;
  }, PAUSE);
  return {
    take() {
      const taken = look();
      worst = 0;
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}
