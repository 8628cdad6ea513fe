/** Everything that can happen to an instance. A closed union: a new kind is a compile error in `step` until handled. */

import type { ElectionEvidence, Holder } from "../election.ts";
import type { Message, Metadata } from "../messages.ts";
import type { Receipt } from "./effect.ts";

/** Why a message did not leave. */
export interface SendFault {
  /** A sentence. */
  readonly message: string;
  /** Whatever it is would keep every other instance from publishing, too. */
  readonly everybodys: boolean;
}

export type Input =
  /** The transport is open and the election watches. */
  | { readonly type: "opened"; readonly connection: number; readonly barrier: boolean }
  /** Time may have passed. Early, late and repeated ticks are harmless. */
  | { readonly type: "tick" }
  /** Everything that had arrived at `asOf` has been read. */
  | { readonly type: "read"; readonly asOf: number }
  | {
      readonly type: "message";
      readonly message: Message;
      readonly from: string | undefined;
      /** Its sender does not hear this instance. */
      readonly deaf?: boolean | undefined;
    }
  /** A peer speaks a later major version of the protocol. */
  | { readonly type: "unsupported"; readonly instanceId: string; readonly version: number }
  /** `barrier`: what an acknowledgement says in this connection; absent where that has not changed. */
  | { readonly type: "link"; readonly up: boolean; readonly connection: number; readonly barrier?: boolean }
  | { readonly type: "unlinked"; readonly from: string | undefined; readonly incarnation: string | undefined }
  /** The bus keeps a record of the last term. */
  | { readonly type: "recorded"; readonly term: number }
  /** Somebody new listens. */
  | { readonly type: "audience" }
  /** A message was acknowledged, or will never be: `fault` says why. `sentAt` counts later suspension as passed. */
  | {
      readonly type: "sent";
      readonly receipt: Receipt;
      readonly ok: boolean;
      readonly sentAt: number;
      readonly fault?: SendFault | undefined;
    }
  /** So many candidates stand by for the mandate that this instance holds. */
  | { readonly type: "standbys"; readonly count: number }
  /** A living holder has said who it is. */
  | { readonly type: "greeted"; readonly holder: Holder }
  | { readonly type: "evidence"; readonly evidence: ElectionEvidence }
  /** The election knows that nobody is primary. */
  | { readonly type: "vacant" }
  | { readonly type: "won"; readonly id: number; readonly term: number; readonly deadline: number }
  | {
      readonly type: "defeated";
      readonly id: number;
      readonly message: string;
      readonly holder: Holder | undefined;
      /** Whether the holder has just proven that it lives; undefined where the election cannot tell. */
      readonly alive?: boolean | undefined;
    }
  | { readonly type: "undecided"; readonly id: number; readonly error: Error }
  | { readonly type: "renewed"; readonly id: number; readonly deadline: number }
  | { readonly type: "lost"; readonly id: number; readonly message: string }
  | { readonly type: "resigned"; readonly id: number }
  /** The clock stood still for so many milliseconds; `message` says how that is known, should it end a mandate. */
  | { readonly type: "suspended"; readonly duration: number; readonly message: string }
  /** The publishing side was taken. */
  | { readonly type: "leading" }
  | { readonly type: "onPromote-settled"; readonly error: Error | undefined }
  /** `work` has returned or thrown before it was told to stop. */
  | { readonly type: "work-ended"; readonly error: Error | undefined }
  | { readonly type: "onDemote-settled"; readonly error: Error | undefined }
  | { readonly type: "health"; readonly id: number; readonly ok: boolean; readonly message: string }
  | { readonly type: "fenced"; readonly id: number; readonly ok: boolean }
  /** A question asked outside the bus was answered. */
  | {
      readonly type: "answered";
      /** The number of the question. */
      readonly number: number;
      readonly via: "probe" | "lock";
      readonly instanceId: string;
      readonly incarnation: string | undefined;
      readonly term: number | undefined;
    }
  | { readonly type: "check"; readonly id: number }
  | { readonly type: "set-metadata"; readonly metadata: Metadata | undefined }
  | { readonly type: "set-enabled"; readonly enabled: boolean }
  | { readonly type: "step-down"; readonly id: number; readonly successor: string | undefined }
  | { readonly type: "shutdown" };
