/** Who subscribes to us, for as long as it matters: while a mesh is being joined. */

export interface Roster {
  /** The transport `node` subscribes to us. */
  add(node: string): void;
  /** Resolves when it does, when the roster is closed, or after `patience` milliseconds. */
  waitFor(node: string, patience: number): Promise<void>;
  close(): void;
}

export function roster(): Roster {
  const nodes = new Set<string>();
  const waiting = new Map<string, () => void>();
  let closed = false;
  return {
    add(node) {
      if (!closed) nodes.add(node);
      waiting.get(node)?.();
    },
    waitFor(node, patience) {
      if (closed || nodes.has(node)) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, patience);
        waiting.set(node, () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    close() {
      closed = true;
      nodes.clear();
      for (const done of waiting.values()) done();
      waiting.clear();
    },
  };
}
