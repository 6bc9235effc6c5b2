import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./bytes.ts";

/**
 * Finds where one JSON object, array or string ends, however its bytes are cut into chunks. It counts brackets and
 * knows strings and escapes, no more: whether the value is JSON is for `JSON.parse` to say. UTF-8 needs no special
 * handling, since no byte of a character outside ASCII looks like a bracket, a quote or a backslash.
 */
export class ValueEnd {
  #depth = 0;
  #inString = false;
  /** The chunk ended on a backslash: the first byte of the next chunk is escaped. */
  #escaped = false;

  /**
   * Gives the place just past the value, or -1 when the value goes on in the next chunk.
   * `from` is the value's first byte in its first chunk, and 0 in the chunks after it.
   */
  find(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#leaveString(chunk, at);
        if (this.#inString) return -1;
        if (this.#depth === 0) return at;
      }
      at = this.#toStringOrEnd(chunk, at);
      if (this.#depth === 0 && !this.#inString) return at;
    }
    return -1;
  }

  /** Reads to the byte after the string's closing quote. */
  #leaveString(chunk: Uint8Array, from: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    while (at < chunk.length) {
      const byte = chunk[at];
      if (byte === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.#escaped = at > chunk.length;
    return chunk.length;
  }

  /** Reads to the byte after the next opening quote, or after the bracket that closes the value. */
  #toStringOrEnd(chunk: Uint8Array, from: number): number {
    let depth = this.#depth;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === QUOTE) {
        this.#inString = true;
        break;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) break;
    }
    this.#depth = depth;
    return at + 1;
  }
}
