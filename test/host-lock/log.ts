/** Everything that an instance has told, and a way to wait for what it has not told yet. */

import type { Report, ReportKind, ReportOf } from "./protocol.ts";

const PATIENCE = 10_000;

export interface Log {
  readonly reports: readonly Report[];
  add(report: Report): void;
  /** All reports of a kind, so far. */
  all<K extends ReportKind>(type: K): ReportOf<K>[];
  /** The first report of a kind, told already or to come, that fits. Rejects with `what` when it does not come in time. */
  next<K extends ReportKind>(what: string, type: K, fits?: (report: ReportOf<K>) => boolean): Promise<ReportOf<K>>;
  /** Forgets what was told so far. */
  clear(): void;
}

export function createLog(): Log {
  const reports: Report[] = [];
  const waiting = new Set<() => void>();

  function all<K extends ReportKind>(type: K): ReportOf<K>[] {
    // A report of that type is of that kind; TypeScript does not follow a type parameter through the union.
    return reports.filter(({ type: told }) => told === type) as ReportOf<K>[];
  }

  return {
    reports,
    all,
    add(report) {
      reports.push(report);
      for (const wake of [...waiting]) wake();
    },
    next(what, type, fits = () => true) {
      return new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${what}: not told within ${PATIENCE} ms, only ${JSON.stringify(reports)}`));
        }, PATIENCE);
        const look = (): void => {
          const found = all(type).find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          clearTimeout(limit);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    clear() {
      reports.length = 0;
    },
  };
}
