/**
 * No election at all: primary because the owner says so (`Watcher.forPrimary`). Nothing excludes a second one.
 *
 * @module
 */

/**
 * The owner's word in place of an election. Nobody has to name it: `Watcher.forPrimary` gives it.
 * @ignore
 */
export interface AssertedElection {
  /** Shown as `status().election`. */
  readonly name: "asserted";
}

/** @internal Not exported from the package, so that nobody asserts by accident. */
export const ASSERTED: AssertedElection = { name: "asserted" };
