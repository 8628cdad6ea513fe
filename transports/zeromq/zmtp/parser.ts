/** From the bytes of a stream, cut wherever the network cut them, to a greeting and frames. */

import { decodeGreeting, decodeHead, GREETING_SIZE, type Frame } from "./wire.ts";

export interface ParserEvents {
  /** The peer's greeting, as the minor version that it speaks. */
  greeting(minor: number): void;
  frame(frame: Frame): void;
}

/** Takes bytes as they come. */
export interface Parser {
  /** @throws {Error} where they are not ZMTP, with half a sentence on why */
  push(chunk: Uint8Array): void;
}

/**
 * @param largest no frame may be larger, in bytes: a size is announced before its bytes come, and hostile peers announce much
 */
export function makeParser(on: ParserEvents, largest: number): Parser {
  /** What was not used yet. It grows with what comes, and not with how often something comes, nor with what is announced. */
  let memory = new Uint8Array();
  let length = 0;
  let greeted = false;

  function append(chunk: Uint8Array): Uint8Array {
    const whole = length + chunk.length;
    if (whole > memory.length) {
      const larger = new Uint8Array(Math.max(whole, 2 * memory.length));
      larger.set(memory.subarray(0, length));
      memory = larger;
    }
    memory.set(chunk, length);
    length = whole;
    return memory.subarray(0, length);
  }

  /** Takes what bytes begin with. @returns how many of them that was; 0 where more have to come */
  function take(bytes: Uint8Array): number {
    if (!greeted) {
      // What is surely no greeting need not be waited for: a stranger may never send 64 bytes.
      if (bytes[0] !== undefined && bytes[0] !== 0xff) throw new Error("it does not begin as ZMTP does");
      if (bytes.length < GREETING_SIZE) return 0;
      greeted = true;
      on.greeting(decodeGreeting(bytes));
      return GREETING_SIZE;
    }
    const head = decodeHead(bytes);
    if (head === undefined) return 0;
    if (head.size > largest)
      throw new Error(`it announced a frame of ${head.size} bytes, where ${largest} are the most`);
    const end = head.length + head.size;
    if (bytes.length < end) return 0;
    // A copy, so that who keeps the body does not keep the whole chunk.
    on.frame({ command: head.command, more: head.more, body: bytes.slice(head.length, end) });
    return end;
  }

  return {
    push(chunk) {
      const bytes = length === 0 ? chunk : append(chunk);
      let used = 0;
      for (let taken = take(bytes); taken > 0; taken = take(bytes.subarray(used))) used += taken;
      if (used === 0 && length > 0) return;
      memory = bytes.slice(used);
      length = memory.length;
    },
  };
}
