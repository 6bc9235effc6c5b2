import { CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, isBomByte, isSpace } from "./bytes.ts";
import { GatheredBytes } from "./gathered-bytes.ts";
import { ValueEnd } from "./value-end.ts";
import { WrapperScan } from "./wrapper-scan.ts";

/** An element whose brackets balance. Whether it is JSON is for the caller's `JSON.parse` to say. */
export interface JsonElement {
  readonly kind: "element";
  /** From 0, broken elements counted. */
  readonly index: number;
  readonly text: string;
}

/** An element that has no end, no beginning or no room. */
export interface BrokenJsonElement {
  readonly kind: "broken";
  readonly index: number;
  /** Continues a sentence after the element's name: "is cut: the text ends at byte 812". */
  readonly reason: string;
  /** The beginning of its text. */
  readonly text: string;
}

export interface SplitOptions {
  /** Elements with more bytes are broken. @default MAX_ELEMENT_BYTES */
  readonly maxElementBytes?: number;
}

/** The longest string V8 can hold has so many characters, so this many bytes always fit into one. */
export const MAX_ELEMENT_BYTES = 536_870_888;

const SHOWN_BYTES = 2_000;

/**
 * Splits JSON text, given as chunks of UTF-8 bytes, into the elements of its array: a top-level array, the first array
 * under `conversations` in a wrapping object, or the one top-level object itself. It is lazy: no chunk is asked for
 * before the elements of the one before it are taken. One `JSON.parse` of the whole would need the whole in memory,
 * cannot hold more than 512 MB, and loses every element when one is broken.
 */
export async function* splitElements(
  chunks: AsyncIterable<Uint8Array>,
  { maxElementBytes = MAX_ELEMENT_BYTES }: SplitOptions = {},
): AsyncGenerator<JsonElement | BrokenJsonElement, void, undefined> {
  const splitter = new Splitter(maxElementBytes);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

/**
 * The state of the splitter: `start` before the first bracket, `object` in a top-level object, `between` elements, in a
 * bracketed `value` or in a `bare` one (a number, a word, garbage), `after` the closing bracket, `done` when the rest
 * does not matter.
 */
type Place = "start" | "object" | "between" | "value" | "bare" | "after" | "done";

type Split = JsonElement | BrokenJsonElement;

class Splitter {
  readonly #bytes: GatheredBytes;
  #place: Place = "start";
  #index = 0;
  /** Bytes in the chunks before this one. */
  #before = 0;
  /** In `between`: a comma or the opening bracket was the last thing read, so an element must come. */
  #wantsElement = true;
  #valueEnd = new ValueEnd();
  readonly #wrapper = new WrapperScan();

  constructor(maxElementBytes: number) {
    this.#bytes = new GatheredBytes(maxElementBytes);
  }

  *push(chunk: Uint8Array): Generator<Split, void, undefined> {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#place) {
        case "start":
          at = yield* this.#start(chunk, at);
          break;
        case "object":
          at = yield* this.#object(chunk, at);
          break;
        case "between":
          at = yield* this.#between(chunk, at);
          break;
        case "value":
          at = yield* this.#value(chunk, at);
          break;
        case "bare":
          at = yield* this.#bare(chunk, at);
          break;
        case "after":
          at = yield* this.#after(chunk, at);
          break;
        case "done":
          at = chunk.length;
          break;
      }
    }
    this.#before += chunk.length;
  }

  *end(): Generator<Split, void, undefined> {
    switch (this.#place) {
      case "start":
        yield this.#broken("is missing: the text is empty");
        break;
      case "between":
        yield this.#broken(`is missing: the text is cut at byte ${this.#before}, before the array is closed`);
        break;
      case "object":
      case "value":
      case "bare":
        yield this.#broken(`is cut: the text ends at byte ${this.#before}, in the middle of it`);
        break;
      case "after":
      case "done":
        break;
    }
  }

  *#start(chunk: Uint8Array, from: number): Generator<Split, number, undefined> {
    const at = skip(chunk, from, (byte) => isSpace(byte) || isBomByte(byte));
    if (at === chunk.length) return at;
    if (chunk[at] === OPEN_BRACKET) {
      this.#place = "between";
      return at + 1;
    }
    if (chunk[at] === OPEN_BRACE) {
      this.#place = "object";
      return at;
    }
    this.#bytes.add(chunk.subarray(at));
    yield this.#broken(`does not begin: expected \`[\` or \`{\` at byte ${this.#before + at}`);
    this.#place = "done";
    return chunk.length;
  }

  *#object(chunk: Uint8Array, from: number): Generator<Split, number, undefined> {
    const { state, at } = this.#wrapper.read(chunk, from);
    if (state === "conversations") {
      this.#bytes.clear();
      this.#place = "between";
      return at;
    }
    this.#bytes.add(chunk.subarray(from, at));
    if (state === "closed") {
      yield this.#take();
      this.#place = "after";
    }
    return at;
  }

  *#between(chunk: Uint8Array, from: number): Generator<Split, number, undefined> {
    const at = skip(chunk, from, isSpace);
    switch (chunk[at]) {
      case undefined:
        return at;
      case CLOSE_BRACKET:
        // In a wrapping object more fields may follow: none of them is an element.
        this.#place = this.#wrapper.hasBegun ? "done" : "after";
        return at + 1;
      case COMMA:
        if (this.#wantsElement) yield this.#broken("is missing: there is nothing between two commas");
        this.#wantsElement = true;
        return at + 1;
      case OPEN_BRACE:
      case OPEN_BRACKET:
      case QUOTE:
        this.#valueEnd = new ValueEnd();
        this.#place = "value";
        return at;
      default:
        this.#place = "bare";
        return at;
    }
  }

  *#value(chunk: Uint8Array, from: number): Generator<Split, number, undefined> {
    const end = this.#valueEnd.find(chunk, from);
    const at = end < 0 ? chunk.length : end;
    this.#bytes.add(chunk.subarray(from, at));
    if (end >= 0) yield this.#take();
    return at;
  }

  *#bare(chunk: Uint8Array, from: number): Generator<Split, number, undefined> {
    const at = skip(chunk, from, (byte) => !ENDS_BARE.has(byte));
    this.#bytes.add(chunk.subarray(from, at));
    if (at < chunk.length) yield this.#take();
    return at;
  }

  *#after(chunk: Uint8Array, from: number): Generator<Split, number, undefined> {
    const at = skip(chunk, from, isSpace);
    if (at === chunk.length) return at;
    this.#bytes.add(chunk.subarray(at));
    yield this.#broken(`should not be there: more text follows the end at byte ${this.#before + at}`);
    this.#place = "done";
    return chunk.length;
  }

  /** The element just gathered, whole. */
  #take(): Split {
    this.#place = "between";
    this.#wantsElement = false;
    if (this.#bytes.isTooLong)
      return this.#broken(
        `is too large: it has more than ${this.#bytes.maxBytes.toLocaleString("en")} bytes, and no longer text can be read`,
      );
    const text = this.#bytes.text();
    this.#bytes.clear();
    return { kind: "element", index: this.#index++, text };
  }

  #broken(reason: string): BrokenJsonElement {
    const text = this.#bytes.beginning(SHOWN_BYTES);
    this.#bytes.clear();
    return { kind: "broken", index: this.#index++, reason, text };
  }
}

/** A bare element ends where another one begins, so that a lost comma does not cost the next element. */
const ENDS_BARE: ReadonlySet<number> = new Set([COMMA, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE]);

function skip(chunk: Uint8Array, from: number, isSkipped: (byte: number) => boolean): number {
  for (let at = from; at < chunk.length; at++) if (!isSkipped(chunk[at] ?? 0)) return at;
  return chunk.length;
}
