/** What a test and an instance in a process of its own say to one another. */

import type { ElectionEvidence, Holder } from "../../src/election.ts";

export interface Setup {
  readonly workdir: string;
  readonly stateDir: string;
  readonly port?: number | undefined;
  readonly group: string;
  readonly instanceId: string;
  readonly incarnation: string;
  /** It campaigns at once when the holder's process is gone. */
  readonly contend: boolean;
}

export type Order =
  | { readonly type: "campaign"; readonly highestTerm?: number | undefined }
  | { readonly type: "resign"; readonly successor?: string | undefined }
  | { readonly type: "close" };

/** What instances tell, by name. */
interface Reports {
  readonly opened: object;
  readonly resigned: object;
  readonly closed: object;
  readonly won: { readonly term: number };
  readonly defeated: { readonly message: string; readonly holder?: Holder | undefined };
  readonly undecided: { readonly message: string };
  readonly lost: { readonly message: string };
  readonly misconfigured: { readonly message: string };
  readonly error: { readonly message: string };
  readonly greeted: { readonly holder: Holder };
  readonly standbys: { readonly count: number };
  readonly evidence: { readonly evidence: ElectionEvidence };
}

export type ReportKind = keyof Reports;
export type ReportOf<K extends ReportKind> = { readonly type: K } & Reports[K];
export type Report = { readonly [K in ReportKind]: ReportOf<K> }[ReportKind];
