/** Ctrl-C, and the polite request to end. */

import process from "node:process";

/** The exit status of a command that was interrupted (128 + SIGINT). */
export const INTERRUPTED = 130;

/**
 * A signal that aborts at the first Ctrl-C, or at SIGTERM, so that a command can end in order. At the second one it ends at
 * once.
 */
export function onInterrupt(): { readonly signal: AbortSignal; ignore(): void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new Error("Interrupted."));
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    ignore: () => void process.off("SIGINT", interrupt).off("SIGTERM", interrupt),
  };
}
