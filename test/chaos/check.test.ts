import { describe, expect, test } from "vitest";
import { check } from "./check.ts";
import { NEW_LIFE, readLog, type Witnessed } from "./witnessed.ts";

const reads = (at: number, isPrimary: boolean, term: number): Witnessed => ({ type: "reads", at, isPrimary, term });
const EXCLUSIVE = { exclusive: true, overlap: 0, timeout: 50, durable: true, divided: [] };
const SHARED = { exclusive: false, overlap: 0, timeout: 50, durable: false, divided: [] };

describe("what the logs of a group are checked for", () => {
  test("given one after the other with rising terms, when it is checked, then nothing is found", () => {
    const logs = new Map([
      ["a", [reads(1, true, 1), reads(5, true, 1), reads(6, false, 1)]],
      ["b", [reads(7, true, 2), reads(9, true, 2)]],
    ]);
    const units = [1, 2, 3].map((unit) => ({ unit, term: 1 }));
    expect(check(logs, units, EXCLUSIVE)).toEqual({ reigns: 2, violations: [], again: [], passing: [], together: 0 });
  });

  test("given two at once, when it is checked, then both are named, and for how long it was", () => {
    const logs = new Map([
      ["a", [reads(1, true, 1), reads(8, true, 1)]],
      ["b", [reads(5, true, 2), reads(20, true, 2)]],
    ]);
    const { violations, together } = check(logs, [], EXCLUSIVE);
    expect(violations).toEqual([
      "a was primary of term 1 from 1.0 to 8.0 and b was primary of term 2 from 5.0 to 20.0 at once.",
    ]);
    expect(together).toBe(3);
  });

  test.each([
    ["while the group was divided", { from: 4, to: 9 }, 0],
    ["before it was divided", { from: 6, to: 9 }, 1],
    ["for longer than it was divided", { from: 4, to: 7 }, 1],
  ])("given two at once %s, when no more is promised, then %j excuses it: %i found", (_, span, found) => {
    const logs = new Map([
      ["a", [reads(1, true, 1), reads(8, true, 1)]],
      ["b", [reads(5, true, 2), reads(20, true, 2)]],
    ]);
    const { violations, together } = check(logs, [], { ...SHARED, divided: [span] });
    expect(violations).toHaveLength(found);
    expect(together).toBe(3);
  });

  test.each([
    ["while somebody else stood still", "c", 4, 3, 1],
    ["one of whom stood still at the time", "b", 6, 3, 0],
    ["one of whom had stood still until a timeout before", "a", -45, 3, 0],
    ["one of whom had stood still long before", "a", -45.1, 3, 1],
    ["one of whom stood still after it", "a", 9.1, 3, 1],
    ["for longer than they may be", "a", 4, 2.9, 1],
  ])("given two at once %s, when no more is promised, then it is told so", (_, name, at, overlap, found) => {
    const logs = new Map<string, Witnessed[]>([
      ["a", [reads(1, true, 1), reads(8, true, 1)]],
      ["b", [reads(5, true, 2), reads(20, true, 2)]],
      ["c", []],
    ]);
    logs.get(name)?.push({ type: "stood", at, milliseconds: 1 });
    const { violations, passing } = check(logs, [], { ...SHARED, overlap });
    expect([violations.length, passing.length]).toEqual([found, 1 - found]);
  });

  test("given two at once one of whom stood still, when nobody may be beside another, then it is found all the same", () => {
    const logs = new Map<string, Witnessed[]>([
      ["a", [reads(1, true, 1), { type: "stood", at: 6, milliseconds: 5 }, reads(8, true, 1)]],
      ["b", [reads(5, true, 2), reads(20, true, 2)]],
    ]);
    expect(check(logs, [], { ...EXCLUSIVE, overlap: 10 })).toMatchObject({
      violations: [expect.anything()],
      passing: [],
    });
  });

  test("given a bus on which nobody may be beside another, when the group was divided, then two at once are found all the same", () => {
    const logs = new Map([
      ["a", [reads(1, true, 1), reads(8, true, 1)]],
      ["b", [reads(5, true, 2), reads(20, true, 2)]],
    ]);
    expect(check(logs, [], { ...EXCLUSIVE, divided: [{ from: 0, to: 30 }] }).violations).toHaveLength(1);
  });

  test.each([
    ["soon", 7, 0],
    ["long", 6.9, 1],
  ])(
    "given two at once until %s after the group was divided until %d, when an interval is allowed for, then %i is found",
    (_, to, found) => {
      const logs = new Map([
        ["a", [reads(1, true, 1), reads(8, true, 1)]],
        ["b", [reads(5, true, 2), reads(20, true, 2)]],
      ]);
      const findings = check(logs, [], { ...SHARED, overlap: 1, divided: [{ from: 4, to }] });
      expect(findings.violations).toHaveLength(found);
      expect(findings.passing).toEqual([]);
    },
  );

  test("given a reading that was written down after the next one, when it is checked, then the time decides", () => {
    const logs = new Map([["a", [reads(1, true, 1), reads(6, false, 1), reads(5, true, 1)]]]);
    expect(check(logs, [], EXCLUSIVE)).toEqual({ reigns: 1, violations: [], again: [], passing: [], together: 0 });
  });

  test("given one that was stopped while it was primary, when it wakes as a secondary, then its reign ended with its last reading", () => {
    const logs = new Map([
      ["a", [reads(1, true, 1), reads(2, true, 1), reads(50, false, 1)]],
      ["b", [reads(10, true, 2)]],
    ]);
    expect(check(logs, [], EXCLUSIVE).violations).toEqual([]);
  });

  test("given a term that does not rise, when it is checked, then it is found", () => {
    const logs = new Map([["a", [reads(1, true, 2), reads(2, false, 2), reads(3, true, 2)]]]);
    expect(check(logs, [], EXCLUSIVE).violations).toHaveLength(1);
    expect(check(logs, [], { ...EXCLUSIVE, durable: false })).toMatchObject({
      violations: [],
      again: [expect.anything()],
    });
  });

  test.each([
    ["is missing", [1, 3]],
    ["was done twice", [1, 2, 2]],
  ])("given a unit that %s, when it is checked, then it is found", (_, numbers) => {
    const units = numbers.map((unit) => ({ unit, term: 1 }));
    expect(check(new Map(), units, EXCLUSIVE).violations).toHaveLength(1);
  });

  test.each([
    [["began", "promoted", "demoted", "promoted"], 0],
    [["began", "promoted", "began", "promoted"], 0],
    [["began", "promoted", "promoted"], 1],
    [["began", "demoted"], 1],
    [["began", "promoted", "demoted", "demoted"], 1],
  ] as const)("given a process that %j, when it is checked, then %i callbacks are out of order", (types, found) => {
    const log = types.map((type, at) => ({ type, at }));
    expect(check(new Map([["a", log]]), [], EXCLUSIVE).violations).toHaveLength(found);
  });

  test("given a log whose writer was killed while it wrote, when it is read, then what is whole is read", () => {
    const [whole, cut] = ['{"type":"reads","at":1,"isPrimary":true,"term":1}\n', '{"type":"rea'];
    expect(readLog(`${NEW_LIFE}${whole}${cut}`)).toEqual([reads(1, true, 1)]);
    expect(readLog(`${whole}${whole}${cut}${NEW_LIFE}${whole}${NEW_LIFE}${whole}`)).toEqual(
      Array(4).fill(reads(1, true, 1)),
    );
  });

  test("given a log with a line that is none and is not a life's last, when it is read, then it is refused", () => {
    expect(() => readLog('{"type":"rea\n{"type":"began","at":1}\n')).toThrow("Invalid JSON");
  });
});
