import { describe, expect, test } from "vitest";
import { instance, peer, serving, TIMEOUT, WINDOW } from "./support.ts";

/** Names in the order of rank: of equal claims the lower name goes first. */
const better = "a";
const worse = "b";

describe("rule 10: a peer that does not hear this instance", () => {
  test("given a claim that ranks lower, when its owner does not hear this candidate, then the own claim is withdrawn", () => {
    const node = instance({ instanceId: better }, { barrier: false });
    node.until(TIMEOUT - WINDOW);
    node.overhear(peer(worse).claim({ term: 1 }), TIMEOUT - WINDOW + 1);
    expect(node.sent("yield")).toHaveLength(1);
    node.until(TIMEOUT + WINDOW);
    expect(node.state.role).toBe("secondary");
  });

  test("given the same claim, when its owner hears this candidate, then the own claim stands", () => {
    const node = instance({ instanceId: better }, { barrier: false });
    node.until(TIMEOUT - WINDOW);
    node.hear(peer(worse).claim({ term: 1 }), TIMEOUT - WINDOW + 1);
    expect(node.sent("yield")).toEqual([]);
    expect(node.sent("claim")).toHaveLength(2);
  });

  test.for([{ term: 1 }, { term: 0 }])(
    "given a primary of term 1, when one of term $term is alive that does not hear it, then it gives way, and says why",
    ({ term }) => {
      const node = serving({ instanceId: better });
      node.overhear(peer(worse).heartbeat({ term }), TIMEOUT + 10);
      expect(node.state.role).toBe("secondary");
      expect(node.told("rolechange")).toMatchObject([
        {
          newRole: "secondary",
          reason: {
            code: "outranked",
            message: `${worse} is primary of term ${term} and does not hear this instance.`,
          },
        },
      ]);
    },
  );

  test.for([{ term: 1 }, { term: 0 }])(
    "given a primary of term 1, when one of term $term is alive that hears it and ranks lower, then it stays",
    ({ term }) => {
      const node = serving({ instanceId: better });
      node.hear(peer(worse).heartbeat({ term }), TIMEOUT + 10);
      expect(node.state.role).toBe("primary");
    },
  );

  test("given an older mandate that does not hear this instance, when it lives on, then nobody is primary beside it, and afterwards somebody is", () => {
    const node = serving({ instanceId: better });
    const other = peer(worse);
    let at = TIMEOUT + 10;
    for (; at < 5 * TIMEOUT; at += 100) {
      node.overhear(other.heartbeat({ term: 0 }), at);
      node.feed({ type: "onDemote-settled", error: undefined });
      node.until(at + 99);
      expect(node.state.role).toBe("secondary");
    }
    node.until(at + 2 * TIMEOUT);
    expect(node.state.office?.term).toBe(2);
  });

  test("given a primary, when one claims that does not hear it, then it is refuted, and the primary stays until it is heard to be one", () => {
    const node = serving({ instanceId: better });
    node.overhear(peer(worse).claim({ term: 1 }), TIMEOUT + 10);
    expect(node.sent("heartbeat")).toHaveLength(1);
    expect(node.state.role).toBe("primary");
  });
});
