/** The bytes of one element, gathered from the chunks it spans. Past the limit they are only counted. */
export class GatheredBytes {
  readonly maxBytes: number;
  #parts: Uint8Array[] = [];
  #seen = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get isTooLong(): boolean {
    return this.#seen > this.maxBytes;
  }

  add(part: Uint8Array): void {
    this.#seen += part.length;
    if (!this.isTooLong) this.#parts.push(part);
    // The beginning stays, for a person to see which element it was; the rest would only take up memory.
    else if (this.#parts.length === 0) this.#parts.push(part.subarray(0, this.maxBytes));
    else this.#parts.length = 1;
  }

  /** The text so far; invalid UTF-8 becomes U+FFFD. */
  text(): string {
    return decode(this.#parts.length === 1 ? (this.#parts[0] ?? EMPTY) : Buffer.concat(this.#parts));
  }

  /** The beginning of the text, at most so many bytes. */
  beginning(bytes: number): string {
    const parts: Uint8Array[] = [];
    for (let left = bytes, i = 0; left > 0 && i < this.#parts.length; i++) {
      const part = (this.#parts[i] ?? EMPTY).subarray(0, left);
      left -= part.length;
      parts.push(part);
    }
    return decode(Buffer.concat(parts));
  }

  clear(): void {
    this.#parts = [];
    this.#seen = 0;
  }
}

const EMPTY = new Uint8Array();

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
