import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTrace, saveTrace } from "../../bench/tune/trace.ts";
import { traceOf } from "./support.ts";

const inFolder = async (act: (file: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "failover-trace-"));
  try {
    await act(join(folder, "trace.ndjson"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

test("a trace that was saved is read back as it was", async () => {
  const trace = traceOf({ slots: 50, delay: (slot) => 1 + slot / 7, isLost: (slot) => slot % 9 === 4 });
  await inFolder(async (file) => {
    await saveTrace(trace, file);
    expect(await loadTrace(file)).toEqual(trace);
  });
});

test("a file that is no trace, or is broken in the middle, is refused with its line", async () => {
  await inFolder(async (file) => {
    await expect(loadTrace(file)).rejects.toThrow(/Cannot read --trace .*ENOENT/);
    await writeFile(file, '{"a":1}\n');
    await expect(loadTrace(file)).rejects.toThrow("line 1 does not say that this is a trace");
    await saveTrace(traceOf({ slots: 3 }), file);
    await appendFile(file, '{"slot":1,"seq":3,"late":0,"at":61,"lag":0}\n');
    await expect(loadTrace(file)).rejects.toThrow("line 5 is no heartbeat after the one before");
  });
});
