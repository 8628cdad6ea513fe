import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock, type Timer } from "../../src/clock.ts";
import { makeHeir } from "../../src/elections/host-lock/heir.ts";
import { readRecord, writeRecord } from "../../src/elections/host-lock/record.ts";
import { eventually } from "../support/log.ts";
import { openInstance, placeIn, scratchFolder, spawnHolder, type Instance, type RemoteInstance } from "./instances.ts";
import { madeUpRecord } from "./strangers.ts";

function immediately(callback: () => void): Timer {
  callback();
  return { cancel: () => undefined };
}

interface Scene {
  readonly file: string;
  readonly heir: string;
  readonly holder: RemoteInstance;
  readonly standby: Instance;
}

/** A holder, and a standby that has prepared to succeed it. */
async function prepare(): Promise<Scene> {
  const workdir = scratchFolder();
  const { file } = placeIn(workdir);
  const holder = await spawnHolder({ workdir });
  const standby = await openInstance({ workdir });
  await standby.log.next("is greeted", "greeted");
  const heir = `${file}.${standby.incarnation}.heir`;
  await eventually("the successor's record is prepared", () => {
    expect(existsSync(`${file}.${standby.incarnation}.elder`)).toBe(true);
    return Promise.resolve();
  });
  return { file, heir, holder, standby };
}

async function kill({ holder, standby }: Scene): Promise<void> {
  holder.signal("SIGKILL");
  await standby.log.next("the proof", "evidence", ({ evidence }) => evidence.kind === "refused");
}

describe("a standby's record of the next term", () => {
  test("becomes the file itself, whose old blocks are not freed before there is time for that", async () => {
    const file = placeIn(scratchFolder()).file;
    const [old, next] = [madeUpRecord(), madeUpRecord({ term: 2 })];
    writeRecord(file, old, false);
    const work: Promise<void>[] = [];
    const heir = makeHeir({
      ...{ file, incarnation: "next", clock: { ...systemClock, setTimer: immediately } },
      foresee: () => next,
      background: (begun) => void work.push(begun),
    });
    heir.prepare();
    await Promise.all(work);
    expect(heir.succeed({ ...next, term: 3 })).toBe(false);
    heir.prepare();
    await Promise.all(work);
    const prepared = statSync(`${file}.next.heir`).ino;
    expect(heir.succeed(next)).toBe(true);
    expect(statSync(file).ino).toBe(prepared);
    expect(readRecord(file)).toEqual(next);
    expect(readRecord(`${file}.next.elder`)).toEqual(old);
    await heir.clear();
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
  });

  test("is written in advance, becomes the file in a failover, and leaves nothing behind", async () => {
    const scene = await prepare();
    const { file, heir, standby } = scene;
    await kill(scene);
    const mandate = await standby.win();
    expect(mandate.term).toBe(2);
    expect(readRecord(file)).toMatchObject({ term: 2, incarnation: standby.incarnation });
    expect(existsSync(heir)).toBe(false);
    await eventually("nothing but the file is left", () => {
      expect(readdirSync(dirname(file))).toEqual([basename(file)]);
      return Promise.resolve();
    });
  });

  test("is not used where the file has gone on since", async () => {
    const scene = await prepare();
    await kill(scene);
    writeFileSync(scene.file, JSON.stringify(madeUpRecord({ term: 41, resigned: true })));
    expect((await scene.standby.win()).term).toBe(42);
    expect(readRecord(scene.file)).toMatchObject({ term: 42, incarnation: scene.standby.incarnation });
  });

  test("is not used where a higher term was heard of", async () => {
    const scene = await prepare();
    await kill(scene);
    expect((await scene.standby.win(7)).term).toBe(8);
    expect(readRecord(scene.file)).toMatchObject({ term: 8 });
  });

  test("goes with the standby", async () => {
    const { file, heir, standby } = await prepare();
    await standby.election.close?.();
    expect(existsSync(heir)).toBe(false);
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
  });
});
