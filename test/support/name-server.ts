/** A name server of the tests' own, with names that are told to it, which can fall silent; and programs that ask it and no other. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

export interface NameServer {
  /** It is there, and answers nothing. */
  silence(): void;
  speak(): void;
  close(): Promise<void>;
}

/** Answers questions for IPv4 addresses (RFC 1035), and is silent from one line of its input to the next. */
const PROGRAM = `
  const [, address, given] = process.argv;
  const names = new Map(Object.entries(JSON.parse(given)));
  let silent = false;
  const socket = require("node:dgram").createSocket("udp4");
  socket.on("message", (query, from) => {
    if (silent) return;
    const labels = [];
    let at = 12;
    for (; query[at] > 0; at += 1 + query[at]) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
    const question = query.subarray(12, at + 5);
    const found = names.get(labels.join(".").toLowerCase());
    const answers = found !== undefined && query.readUInt16BE(at + 1) === 1;
    const head = Buffer.from([query[0], query[1], 0x81, found === undefined ? 0x83 : 0x80, 0, 1, 0, answers ? 1 : 0, 0, 0, 0, 0]);
    const answer = answers ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...found.split(".").map(Number)]) : Buffer.alloc(0);
    socket.send(Buffer.concat([head, question, answer]), from.port, from.address);
  });
  socket.bind(53, address, () => console.log("bound"));
  require("node:readline").createInterface({ input: process.stdin }).on("line", () => (silent = !silent));
  process.stdin.on("end", () => process.exit());`;

/**
 * Starts one at port 53 of an address.
 * @param within put before its command, such as a namespace
 */
export async function startNameServer(
  within: readonly string[],
  address: string,
  names: Readonly<Record<string, string>>,
): Promise<NameServer> {
  const [command = "", ...args]: string[] = [
    ...within,
    process.execPath,
    "--eval",
    PROGRAM,
    address,
    JSON.stringify(names),
  ];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  child.stdin.on("error", () => undefined);
  await Promise.race([
    once(child.stdout, "data"),
    gone.then(() => Promise.reject(new Error("No name server starts."))),
  ]);
  let silent = false;
  const be = (wanted: boolean): void => {
    if (silent !== wanted) child.stdin.write("\n");
    silent = wanted;
  };
  return {
    silence: () => be(true),
    speak: () => be(false),
    async close() {
      child.stdin.end();
      await gone;
    },
  };
}

/** Put before a command, it asks the name server at an address and no other. Takes root, and a folder to write in. */
export function asking(address: string, folder: string): readonly string[] {
  const file = join(folder, "resolv.conf");
  writeFileSync(file, `nameserver ${address}\n`);
  const script = `mount --bind '${file}' /etc/resolv.conf && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, "sh"];
}
