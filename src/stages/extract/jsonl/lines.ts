import { GatheredBytes, MAX_ELEMENT_BYTES } from "../json-elements/index.ts";

export interface Line {
  /** From 1, blank lines counted, as editors count. */
  readonly number: number;
  /** Without the line's end; only the beginning of a line that is too long. */
  readonly text: string;
  readonly isTooLong: boolean;
}

export interface LineOptions {
  /** @default MAX_ELEMENT_BYTES */
  readonly maxLineBytes?: number;
}

const LINE_FEED = 0x0a;
const SHOWN_BYTES = 2_000;

/** The non-blank lines of UTF-8 text, read on demand. A byte order mark and CRLF are removed. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_ELEMENT_BYTES }: LineOptions = {},
): AsyncGenerator<Line, void, undefined> {
  const bytes = new GatheredBytes(maxLineBytes);
  let number = 1;
  for await (const chunk of chunks) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      bytes.add(chunk.subarray(at, end));
      yield* lineOf(number, bytes);
      bytes.clear();
      number++;
      at = end + 1;
    }
    bytes.add(chunk.subarray(at));
  }
  yield* lineOf(number, bytes);
}

function* lineOf(number: number, bytes: GatheredBytes): Generator<Line, void, undefined> {
  const { isTooLong } = bytes;
  // `trim` treats the byte order mark as white space.
  const text = (isTooLong ? bytes.beginning(SHOWN_BYTES) : bytes.text()).trim();
  if (text !== "") yield { number, text, isTooLong };
}
