import { describe, expect, test } from "vitest";
import { MOST_QUESTIONS } from "../../src/core/newcomer.ts";
import type { Question } from "../../src/messages.ts";
import { contender, elected, instance, INTERVAL, listener, peer, TIMEOUT, WINDOW, type Instance } from "./support.ts";

/** The last question that an instance has asked. */
function questionOf(node: Instance): Question {
  const { incarnation = "", seq = -1 } = node.sent("probe").at(-1) ?? {};
  return { incarnation, seq };
}

describe("a newcomer under claims (rule 5b)", () => {
  test("given a goodbye, when nobody has answered the newcomer, then it listens for a whole timeout: another may be primary since", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.hear(b.shutdown(), 20);
    node.until(TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a goodbye, when the primary has answered the newcomer before, then it wins after one claimWindow", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.hear(b.heartbeat({ answers: [peer("c").question(), questionOf(node)] }), 11);
    node.hear(b.shutdown(), 20);
    node.until(20 + WINDOW - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(20 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given an eager newcomer, when the primary's connection is lost before it has answered, then the newcomer listens all the same", () => {
    const node = instance({ eager: true });
    node.hear(peer("b").heartbeat(), 10, "link-of-b");
    node.feed({ type: "unlinked", from: "link-of-b", incarnation: undefined }, 20);
    node.until(TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a goodbye, when the primary has answered only somebody else, then the newcomer listens for a whole timeout", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.hear(b.heartbeat({ answers: [{ ...questionOf(node), incarnation: "c#1" }] }), 11);
    node.hear(b.shutdown(), 20);
    node.until(TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
  });

  test("given a question of an earlier connection, when its answer comes in a later one, then it proves nothing", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    const answers = [questionOf(node)];
    node.feed({ type: "link", up: false, connection: 1 }, 20);
    node.feed({ type: "link", up: true, connection: 2 }, 30);
    node.hear(b.heartbeat({ answers }), 40);
    node.hear(b.shutdown(), 50);
    node.until(30 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(30 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a link that has returned, when the primary answers in the new connection, then a goodbye is acted on at once", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.feed({ type: "link", up: false, connection: 1 }, 20);
    node.feed({ type: "link", up: true, connection: 2 }, 30);
    node.hear(b.heartbeat(), 40);
    node.hear(b.heartbeat({ answers: [questionOf(node)] }), 41);
    node.hear(b.shutdown(), 50);
    node.until(50 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given a primary that does not answer, when it is heard again, then it is not asked again", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.hear(b.heartbeat(), 110);
    expect(node.sent("probe")).toHaveLength(1);
  });

  test("given a primary that did not answer, when another is heard, then that one is asked", () => {
    const node = instance();
    node.hear(peer("b").heartbeat(), 10);
    node.hear(peer("c").heartbeat({ term: 6 }), 20);
    expect(node.sent("probe")).toHaveLength(2);
  });

  test("given two questions of one connection, when the first is answered, then that is enough", () => {
    const node = instance();
    const [b, c] = [peer("b"), peer("c")];
    node.hear(b.heartbeat(), 10);
    const answers = [questionOf(node)];
    node.hear(b.shutdown(), 12);
    node.hear(c.heartbeat({ term: 6 }), 20);
    node.hear(c.heartbeat({ term: 6, answers }), 21);
    node.hear(c.shutdown({ term: 6 }), 30);
    node.until(30 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given an answer, when another primary is heard afterwards, then it is not asked", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.hear(b.heartbeat({ answers: [questionOf(node)] }), 11);
    node.hear(peer("c").heartbeat({ term: 6 }), 20);
    expect(node.sent("probe")).toHaveLength(1);
  });

  test("given an instance that has listened for a whole timeout, when it hears a primary, then it asks nothing", () => {
    const node = listener();
    node.hear(peer("b").heartbeat(), 0);
    expect(node.sent("probe")).toEqual([]);
  });

  test("given an outside election, when a newcomer hears a primary, then it asks nothing", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 10);
    expect(node.sent("probe")).toEqual([]);
  });
});

describe("a primary that is asked", () => {
  test("given a question, when it is answered, then the heartbeat names it, and the next one does not", () => {
    const node = elected();
    const b = peer("b");
    node.hear(b.probe(), TIMEOUT + 10);
    node.until(TIMEOUT + INTERVAL);
    expect(node.sent("heartbeat").map(({ answers }) => answers)).toEqual([[b.question()], undefined]);
  });

  test("given a claim against it, when it is refuted, then the heartbeat names the claim", () => {
    const node = elected();
    const b = peer("b");
    node.hear(b.claim(), TIMEOUT + 10);
    expect(node.sent("heartbeat")).toMatchObject([{ answers: [b.question()] }]);
  });

  test("given questions close together, when one heartbeat answers them, then it names them all", () => {
    const node = elected();
    const [b, c, d] = [peer("b"), peer("c"), peer("d")];
    node.hear(b.probe(), TIMEOUT + 10);
    node.hear(c.probe(), TIMEOUT + 10.2);
    node.hear(d.probe(), TIMEOUT + 10.4);
    node.until(TIMEOUT + 20);
    expect(node.sent("heartbeat").map(({ answers }) => answers)).toEqual([
      [b.question()],
      [c.question(), d.question()],
    ]);
  });

  test("given a crowd of questions, when one heartbeat answers them, then it names no more than it has room for, and another names the rest", () => {
    const node = elected();
    node.hear(peer("b").probe(), TIMEOUT + 10);
    for (let i = 0; i <= MOST_QUESTIONS; i += 1) node.hear(peer(`c${i}`).probe(), TIMEOUT + 10.5);
    node.until(TIMEOUT + 20);
    const answers = node.sent("heartbeat").map((heartbeat) => heartbeat.answers?.length);
    expect(answers).toEqual([1, MOST_QUESTIONS, 1]);
  });

  test("given a primary that has just spoken, when it is probed, then it answers a twentieth of the interval later, and everybody at once", () => {
    const node = elected();
    const said = TIMEOUT + INTERVAL;
    node.until(said);
    node.forget();
    const [b, c] = [peer("b"), peer("c")];
    node.hear(b.probe(), said + 2);
    node.hear(c.probe(), said + 3);
    node.until(said + INTERVAL / 20 - 0.01);
    expect(node.sent("heartbeat")).toEqual([]);
    node.until(said + INTERVAL - 1);
    expect(node.sent("heartbeat")).toMatchObject([{ answers: [b.question(), c.question()] }]);
  });

  test("given an interval so short that a twentieth of it is nothing, when a primary is probed, then its answers are a millisecond apart", () => {
    const node = elected({ interval: 10 });
    node.hear(peer("b").probe(), TIMEOUT + 1.2);
    node.forget();
    node.hear(peer("c").probe(), TIMEOUT + 2);
    expect(node.sent("heartbeat")).toEqual([]);
    node.until(TIMEOUT + 2.2);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });

  test("given a claim whose answer is due, when a probe follows, then the answer is not put off", () => {
    const node = elected();
    const said = TIMEOUT + INTERVAL;
    node.until(said);
    node.forget();
    const [b, c] = [peer("b"), peer("c")];
    node.hear(b.claim(), said + 0.2);
    node.hear(c.probe(), said + 0.5);
    node.until(said + 1);
    expect(node.sent("heartbeat")).toMatchObject([{ answers: [b.question(), c.question()] }]);
  });

  test("given somebody who asks again before it is answered, when the heartbeat comes, then it names the later question only", () => {
    const node = elected();
    const said = TIMEOUT + INTERVAL;
    node.until(said);
    node.forget();
    const [b, c] = [peer("b"), peer("c")];
    node.hear(b.probe(), said + 2);
    node.hear(c.probe(), said + 2.5);
    node.hear(b.probe(), said + 3);
    node.until(said + 10);
    expect(node.sent("heartbeat")).toMatchObject([{ answers: [c.question(), b.question()] }]);
  });

  test("given a question whose sender is of the reference's format, when it is answered, then the heartbeat names nobody", () => {
    const node = elected();
    node.hear({ kind: "probe", instanceId: "old" }, TIMEOUT + 10);
    expect(node.sent("heartbeat")).toHaveLength(1);
    expect(node.sent("heartbeat")[0]).not.toHaveProperty("answers");
  });
});
