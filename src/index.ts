/**
 * Hot standby over the bus you already have: several instances of a program run, one is primary and works, and when it
 * dies, hangs, is cut off or leaves, exactly one other takes over.
 *
 * @example
 * ```ts
 * import { Watcher } from "failover-watcher";
 * import { memory, MemoryBus } from "failover-watcher/memory";
 *
 * const watcher = new Watcher({
 *   transport: memory(new MemoryBus()),
 *   enabled: true,
 *   onPromote: ({ term }) => console.log(`primary of term ${term}`),
 * });
 * await watcher.start();
 * await watcher.shutdown();
 * ```
 *
 * @module
 */

export { busTransport } from "./bus.ts";
export type { BusEnvelope, BusOptions, BusPublisher, EventSubscriber } from "./bus.ts";
export type { Clock, Timer } from "./clock.ts";
export { defaultConfig } from "./config.ts";
export type { Config } from "./config.ts";
export type { CheckResult, DropReason } from "./core/effect.ts";
export type { Arrival, Detector } from "./detector.ts";
export { fixed } from "./detectors/fixed.ts";
export { nfde } from "./detectors/nfde.ts";
export type { NfdeOptions, NfdeState } from "./detectors/nfde.ts";
export { phi } from "./detectors/phi.ts";
export type { PhiOptions, PhiState } from "./detectors/phi.ts";
export type {
  CampaignOutcome,
  CampaignRequest,
  Election,
  ElectionContext,
  ElectionEvidence,
  ElectionTraits,
  Fence,
  Holder,
  Mandate,
} from "./election.ts";
export { claims } from "./elections/claims.ts";
export type { ClaimsElection } from "./elections/claims.ts";
export { ElectionError, NotPrimaryError, TransportError } from "./errors.ts";
export type { FailureCode } from "./errors.ts";
export type { EvidenceKind, PrimaryChanged, Reason, ReasonCode, Role, RoleChanged, WatcherEvents } from "./events.ts";
export type { JournalEntry } from "./journal.ts";
export type { Logger } from "./logger.ts";
export type { Metadata } from "./messages.ts";
export type { CommonOptions, Demotion, Promotion, StartOptions, WatcherOptions } from "./options.ts";
export type { RoleChange } from "./role-changes.ts";
export type { Status } from "./status.ts";
export type { Timings } from "./timings.ts";
export type {
  BusMessage,
  ProbeAnswer,
  Transport,
  TransportCapabilities,
  TransportContext,
  TransportHandlers,
  Unlinked,
} from "./transport.ts";
export { Watcher } from "./watcher.ts";
export type { ForPrimaryOptions, ForSecondaryOptions } from "./own-bus.ts";
