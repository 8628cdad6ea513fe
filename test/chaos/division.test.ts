import { expect, test } from "vitest";
import { division } from "./division.ts";

test.each([
  ["soon", 450, { from: 100, to: 600 }],
  ["late", 900, { from: 100, to: 900 }],
])(
  "given a cut of 250 ms, when all agree %s after it, at %i, then the group was in pieces for %j",
  (_, agreed, span) => {
    expect(division(100, 350, agreed)).toEqual(span);
  },
);
