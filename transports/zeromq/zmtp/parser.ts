/** From the bytes of a stream, cut wherever the network cut them, to a greeting and frames. */

import { decodeGreeting, decodeHead, GREETING_SIZE, type Frame } from "./wire.ts";

/** No frame may be larger, in bytes: a size is announced before its bytes come, and hostile peers announce much. */
export const MAX_FRAME_SIZE: number = 1024 * 1024;

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

export function makeParser(on: ParserEvents): Parser {
  /** What was not used yet: pieces, put together only when a frame is whole, so that a large one is copied once. */
  let pieces: Uint8Array[] = [];
  let length = 0;
  /** So many bytes make the next step possible. */
  let wanted = GREETING_SIZE;
  let greeted = false;

  function gather(): Uint8Array {
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) return only;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    pieces = [whole];
    return whole;
  }

  function keep(rest: Uint8Array): void {
    pieces = rest.length === 0 ? [] : [rest];
    length = rest.length;
  }

  /** Uses up what it can, and says whether it could. */
  function advance(): boolean {
    const bytes = gather();
    if (!greeted) {
      greeted = true;
      wanted = 2;
      keep(bytes.subarray(GREETING_SIZE));
      on.greeting(decodeGreeting(bytes));
      return true;
    }
    const head = decodeHead(bytes);
    if (head === undefined) {
      wanted = 9;
      return length >= wanted;
    }
    if (head.size > MAX_FRAME_SIZE) throw new Error(`it announced a frame of ${head.size} bytes`);
    const end = head.length + head.size;
    wanted = end;
    if (length < end) return false;
    wanted = 2;
    // A copy, so that who keeps the body does not keep the whole chunk.
    const body = bytes.slice(head.length, end);
    keep(bytes.subarray(end));
    on.frame({ command: head.command, more: head.more, body });
    return true;
  }

  return {
    push(chunk) {
      pieces.push(chunk);
      length += chunk.length;
      // What is surely no greeting need not be waited for: a stranger may never send 64 bytes.
      if (!greeted && pieces[0]?.[0] !== undefined && pieces[0][0] !== 0xff)
        throw new Error("it does not begin as ZMTP does");
      while (length >= wanted && advance());
    },
  };
}
