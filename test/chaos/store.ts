/** A store that refuses old terms: what a fencing token is for. It keeps units of work, each with a number and a term. */

import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import * as v from "valibot";

/** `open` asks where the work stands, and from then on refuses lower terms; `put` adds a unit. */
export const Request: v.GenericSchema<unknown, StoreRequest> = v.object({
  op: v.picklist(["open", "put"]),
  term: v.number(),
  unit: v.number(),
});

export interface StoreRequest {
  readonly op: "open" | "put";
  readonly term: number;
  readonly unit: number;
}

/** The last unit that is stored, or nothing where the term is too low. */
export interface StoreAnswer {
  readonly head?: number;
}

/** One unit, as it was taken. */
export interface Unit {
  readonly unit: number;
  readonly term: number;
}

export interface Store {
  /** A socket in the file system, which a cut network does not cut off. */
  readonly path: string;
  /** Everything that was taken, in order. */
  readonly units: readonly Unit[];
  /** Writes that came too late. */
  readonly refused: number;
  close(): Promise<void>;
}

export async function startStore(path: string): Promise<Store> {
  const units: Unit[] = [];
  let highest = 0;
  let refused = 0;

  function take({ op, term, unit }: StoreRequest): StoreAnswer {
    if (term < highest) {
      refused += 1;
      return {};
    }
    highest = term;
    if (op === "put") units.push({ unit, term });
    return { head: units.at(-1)?.unit ?? 0 };
  }

  const server = createServer((socket) => {
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => {
      const request = v.parse(v.pipe(v.string(), v.parseJson(), Request), line);
      socket.write(`${JSON.stringify(take(request))}\n`);
    });
    // A worker that was killed: "close" follows.
    for (const end of [socket, lines]) end.on("error", () => undefined);
  });
  const sockets = new Set<{ destroy(): unknown }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen({ path });
  await once(server, "listening");
  return {
    path,
    units,
    get refused() {
      return refused;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
