/** The type of the schemas. */

import type * as v from "valibot";

// Hidden from `deno doc`, whose lint would have valibot's own types exported from here (denoland/deno#27364).
/**
 * A schema of valibot that takes anything, and gives what it says.
 * @ignore
 */
export type SchemaOf<T> = v.GenericSchema<unknown, T>;
