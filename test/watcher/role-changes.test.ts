import process from "node:process";
import { describe, expect, test } from "vitest";
import { RoleChanges, type RoleChange } from "../../src/role-changes.ts";
import { collectGarbage, HEAP_NOISE } from "../leaks/measure.ts";

/** What these many left behind was 22 MB, as long as each was known by itself. */
const ABANDONED = 20_000;

/** A source of changes, each with the next term. */
function source(): { readonly changes: RoleChanges; push(count?: number): void } {
  const changes = new RoleChanges();
  let term = 0;
  return {
    changes,
    push(count = 1) {
      for (let pushed = 0; pushed < count; pushed += 1) {
        term += 1;
        changes.push({
          oldRole: "secondary",
          newRole: "primary",
          term,
          reason: { code: "silence", message: "" },
          at: new Date(0),
        });
      }
    },
  };
}

type Answer = IteratorResult<RoleChange>;

function said(answer: Answer): readonly [term: number, missed: number] | "done" {
  return answer.done === true ? "done" : [answer.value.term, answer.value.missed];
}

async function rest(reader: AsyncIterable<RoleChange>): Promise<(readonly [number, number])[]> {
  const seen: (readonly [number, number])[] = [];
  for await (const { term, missed } of reader) seen.push([term, missed]);
  return seen;
}

describe("readers of role changes", () => {
  test("see what happens from when they began, each at its own pace", async () => {
    const { changes, push } = source();
    push();
    const early = changes.read();
    push();
    const late = changes.read();
    push();
    changes.end();
    expect(await rest(early)).toEqual([
      [2, 0],
      [3, 0],
    ]);
    expect(await rest(late)).toEqual([[3, 0]]);
  });

  test("that are slow lose the oldest, never the newest, and are told how many, every time", async () => {
    const { changes, push } = source();
    const reader = changes.read();
    push(64);
    expect(said(await reader.next())).toEqual([1, 0]);
    push(3);
    // 66 wait, and 64 are kept.
    expect(said(await reader.next())).toEqual([4, 2]);
    expect(said(await reader.next())).toEqual([5, 0]);
    push(100);
    changes.end();
    const left = await rest(reader);
    expect(left[0]).toEqual([104, 98]);
    expect(left.at(-1)).toEqual([167, 0]);
    expect(left).toHaveLength(64);
  });

  test("that ask several times at once are answered in order", async () => {
    const { changes, push } = source();
    const reader = changes.read();
    const other = changes.read();
    const answers = [reader.next(), reader.next(), other.next(), reader.next()];
    push(2);
    changes.end();
    expect((await Promise.all(answers)).map(said)).toEqual([[1, 0], [2, 0], [1, 0], "done"]);
    expect(said(await other.next())).toEqual([2, 0]);
    expect(said(await other.next())).toBe("done");
  });

  test("end with return(), also while they wait, and others do not", async () => {
    const { changes, push } = source();
    const [reader, other] = [changes.read(), changes.read()];
    push();
    await reader.next();
    const [waiting, others] = [reader.next(), other.next()];
    await reader.return?.();
    expect(said(await waiting)).toBe("done");
    expect(said(await others)).toEqual([1, 0]);
    push();
    expect(said(await reader.next())).toBe("done");
    expect(said(await other.next())).toEqual([2, 0]);
  });

  test("that begin after the end are done at once", async () => {
    const { changes, push } = source();
    push();
    changes.end();
    expect(await rest(changes.read())).toEqual([]);
  });

  test("that nobody reads any more hold nothing and are held by nobody, whether they have read or not", async () => {
    const { changes, push } = source();
    const abandon = async (): Promise<WeakRef<object>> => {
      const readers = Array.from({ length: ABANDONED }, () => changes.read());
      const answers = readers.filter((_, index) => index % 2 === 0).map((reader) => reader.next());
      push(64);
      await Promise.all(answers);
      return new WeakRef(readers[0] ?? expect.unreachable("There are readers."));
    };
    const heap = async (): Promise<number> => {
      await collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    await abandon();
    const before = await heap();
    const first = await abandon();
    expect((await heap()) - before).toBeLessThan(HEAP_NOISE);
    expect(first.deref()).toBeUndefined();
  });
});
