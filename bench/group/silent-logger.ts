/** A logger that says nothing. */

import type { Logger } from "../../src/index.ts";

const nothing = (): void => undefined;

/** For instances whose every event is told in another way. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
