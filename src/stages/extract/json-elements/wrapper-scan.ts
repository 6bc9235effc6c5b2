import { CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./bytes.ts";
import { GatheredBytes } from "./gathered-bytes.ts";
import { ValueEnd } from "./value-end.ts";

export interface WrapperRead {
  /** `conversations`: the array's opening bracket has been read. `closed`: the object is over and had no such array. */
  readonly state: "open" | "conversations" | "closed";
  /** Where to read on in the chunk. */
  readonly at: number;
}

/**
 * Looks through a top-level object for an array under the name `conversations`. The last string read at this level
 * before an opening bracket is that array's name, so the grammar of objects need not be known any further.
 */
export class WrapperScan {
  #hasBegun = false;
  #inner: ValueEnd | undefined;
  #innerIsString = false;
  readonly #name: GatheredBytes = new GatheredBytes(WANTED_NAME.length + 1);

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** `from` is the object's opening brace in its first chunk, and 0 in the chunks after it. */
  read(chunk: Uint8Array, from: number): WrapperRead {
    let at = this.#hasBegun ? from : from + 1;
    this.#hasBegun = true;
    while (at < chunk.length) {
      if (this.#inner) {
        at = this.#leave(this.#inner, chunk, at);
        continue;
      }
      const byte = chunk[at];
      if (byte === CLOSE_BRACE) return { state: "closed", at: at + 1 };
      if (byte === OPEN_BRACKET && this.#name.text() === WANTED_NAME) return { state: "conversations", at: at + 1 };
      if (byte === QUOTE || byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#enter(byte === QUOTE);
      else at++;
    }
    return { state: "open", at };
  }

  #enter(isString: boolean): void {
    this.#inner = new ValueEnd();
    this.#innerIsString = isString;
    if (isString) this.#name.clear();
  }

  #leave(inner: ValueEnd, chunk: Uint8Array, from: number): number {
    const end = inner.find(chunk, from);
    const at = end < 0 ? chunk.length : end;
    if (this.#innerIsString) this.#name.add(chunk.subarray(from, at));
    if (end >= 0) this.#inner = undefined;
    return at;
  }
}

const WANTED_NAME = '"conversations"';
