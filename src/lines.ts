/** What a watcher says in its log, in sentences. */

import type { State } from "./core/state.ts";
import type { WatcherEvent } from "./events.ts";
import type { Logger } from "./logger.ts";

/** Says at the start that failover will not promote this instance, where that is so. */
export function sayWhatItIs(logger: Logger, { settings: { election }, enabled, ambition }: State): void {
  const observes = election === "none";
  if (election === "asserted" || (enabled && !observes)) return;
  const first = ambition ? ' after its campaign at start (role is "primary")' : "";
  const why = observes ? "there is no onPromote" : "enabled is false";
  logger.info(`Watching only${first}: ${why}, so failover does not promote this instance.`);
}

/** Says what an event tells, unless it is for listeners alone. */
export function sayEvent(logger: Logger, { type, detail }: WatcherEvent): void {
  const { code, message } = detail.reason;
  switch (type) {
    case "rolechange": {
      const { newRole, term } = detail;
      logger.info(`Became ${newRole} ${newRole === "primary" ? "in" : "after"} term ${term}: ${message}`);
      return;
    }
    case "link":
      logger[detail.up ? "info" : "warn"](message);
      return;
    case "primary-unresponsive": {
      const rest = detail.fencing ? "" : " and nothing fences it";
      logger.warn(`${detail.holder.instanceId} is silent, but holds its lock${rest}: ${message}`);
      return;
    }
    case "error":
    case "primary-unheard":
    case "isolated":
    case "misconfigured":
      // What a callback threw is no sentence of ours.
      logger.warn(code.endsWith("mote-failed") ? `A callback failed (${code}): ${message}` : message);
      return;
    default:
  }
}
