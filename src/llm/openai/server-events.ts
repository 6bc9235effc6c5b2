import { createParser } from "eventsource-parser";
import { StepError } from "../../core/failure/index.ts";

/** The most UTF-16 units of one line or event: far more than real ones have, far less than would exhaust memory. */
const MAX_EVENT_LENGTH = 8 * 1024 * 1024;

export interface ServerEventsOptions {
  /** Called with each piece of the stream as it comes, before its events are read. */
  readonly onText: (text: string) => void;
  /** @default 8,388,608 */
  readonly maxEventLength?: number;
}

/**
 * The data of server-sent events, wherever the bytes are cut; data on several lines is one text with line breaks. A last
 * event without the empty line behind it counts too: servers leave it out. Throws a `StepError` (`transient`) for an
 * event without end.
 */
export async function* serverEvents(
  chunks: AsyncIterable<Uint8Array>,
  { onText, maxEventLength = MAX_EVENT_LENGTH }: ServerEventsOptions,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let events: string[] = [];
  let isTooLong = false;
  // Comments and other fields count as well: the parser drops them, and its own bound does not see them.
  let sinceEvent = 0;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onEvent: ({ data }) => void events.push(data),
    onError: ({ type, field, value = "" }) => {
      isTooLong ||= type === "max-buffer-size-exceeded";
      // Older versions of llama.cpp's server tell an error in a field of that name.
      if (type === "unknown-field" && field === "error") events.push(`{"error":${jsonOf(value)}}`);
    },
  });
  const feed = (text: string): readonly string[] => {
    events = [];
    onText(text);
    parser.feed(text);
    sinceEvent = events.length > 0 ? 0 : sinceEvent + text.length;
    isTooLong ||= sinceEvent > maxEventLength;
    return events;
  };
  for await (const chunk of chunks) {
    yield* feed(decoder.decode(chunk, { stream: true }));
    if (isTooLong) {
      throw new StepError(
        "transient",
        `A part of the answer is longer than ${maxEventLength} characters and does not end.`,
      );
    }
  }
  const rest = decoder.decode();
  if (rest !== "") yield* feed(rest);
  events = [];
  parser.feed("\n\n");
  yield* events;
}

/** A text as JSON, which it may be already. */
function jsonOf(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return JSON.stringify(text);
  }
}
