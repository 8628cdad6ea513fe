/** Watchers over a program's own bus: what `Watcher.forPrimary` and `Watcher.forSecondary` are given, as a watcher's options. */

import { busTransport, type BusPublisher, type EventSubscriber } from "./bus.ts";
import { ASSERTED } from "./elections/asserted.ts";
import type { CommonOptions, WatcherOptions } from "./options.ts";

/** The options of `Watcher.forPrimary`. */
export interface ForPrimaryOptions extends CommonOptions {
  /** The half of the bus that its heartbeats are published with. Required. */
  readonly publisher: BusPublisher;
  /** The half that others are heard with. Without it this instance only speaks. */
  readonly subscriber?: EventSubscriber;
  /** Handed to the subscriber's `subscribeTo`. @default "" */
  readonly endpoint?: string;
}

/** The options of `Watcher.forSecondary`. */
export interface ForSecondaryOptions extends CommonOptions {
  /** The half of the bus that the primary is heard with. Required. */
  readonly subscriber: EventSubscriber;
  /** The half that it speaks with, so that it can claim. Without it this instance is an observer. */
  readonly publisher?: BusPublisher;
  /** Handed to the subscriber's `subscribeTo`. @default "" */
  readonly endpoint?: string;
}

/** See `Watcher.forPrimary`. */
export function primaryOptions(options: ForPrimaryOptions): WatcherOptions {
  refuseTransport(options, "forPrimary");
  const { publisher } = options as Partial<ForPrimaryOptions>;
  if (!publisher) throw new TypeError("Cannot make a primary: there is no publisher to send its heartbeats; give one.");
  return { ...overOwnBus(options), election: ASSERTED };
}

/** See `Watcher.forSecondary`. */
export function secondaryOptions(options: ForSecondaryOptions): WatcherOptions {
  refuseTransport(options, "forSecondary");
  const { publisher, subscriber } = options as Partial<ForSecondaryOptions>;
  if (!subscriber)
    throw new TypeError("Cannot make a secondary: there is no subscriber to hear heartbeats with; give one.");
  if (!publisher && (options.onPromote !== undefined || options.work !== undefined))
    throw new TypeError(
      "Cannot make a secondary: it has an onPromote, but there is no publisher to send its heartbeats; give one, or leave onPromote out.",
    );
  return overOwnBus(options);
}

function overOwnBus({
  publisher,
  subscriber,
  endpoint,
  ...common
}: Partial<ForPrimaryOptions & ForSecondaryOptions>): WatcherOptions {
  // Plain JavaScript may give null for a half that it does not have.
  const halves = { ...(publisher && { publisher }), ...(subscriber && { subscriber }) };
  return { ...common, transport: busTransport({ ...halves, endpoint }) };
}

function refuseTransport(options: object, maker: string): void {
  if ("transport" in options)
    throw new TypeError(
      `Cannot call Watcher.${maker} with a transport: it makes one of publisher and subscriber; use new Watcher instead.`,
    );
}
