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
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { onText, maxEventLength = MAX_EVENT_LENGTH }: ServerEventsOptions,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let events: string[] = [];
  let isTooLong = false;
  // Comments and other fields count as well: the parser drops them, and its own bound does not see them.
  let sinceEvent = 0;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    // Events with a name of their own, as pings have, are none of the answer unless they are JSON: an error may be one.
    onEvent({ event, data }) {
      const isOurs = event === undefined || event === "message" || data.trimStart().startsWith("{");
      if (isOurs) events.push(data);
    },
    onError: ({ type }) => {
      isTooLong ||= type === "max-buffer-size-exceeded";
    },
  });
  const renamed = errorsAsData();
  const feed = (text: string): readonly string[] => {
    events = [];
    onText(text);
    parser.feed(renamed(text));
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
  parser.feed(renamed("\n\n"));
  yield* events;
}

const ERROR_FIELD = "error:";

/**
 * Older versions of llama.cpp's server tell an error in a field of that name, which stands for no event. It is read as data;
 * the start of a line is held back until it is clear which field it names.
 */
function errorsAsData(): (text: string) => string {
  let held = "";
  let isAtLineStart = true;
  return (text) => {
    const all = held + text;
    const lineBreak = Math.max(all.lastIndexOf("\n"), all.lastIndexOf("\r"));
    const line = all.slice(lineBreak + 1);
    const isWholeLine = lineBreak >= 0 || isAtLineStart;
    held = isWholeLine && line.length < ERROR_FIELD.length && ERROR_FIELD.startsWith(line) ? line : "";
    const ready = all.slice(0, all.length - held.length);
    const renamed = ready.replace(isAtLineStart ? /(^|[\r\n])error:/g : /([\r\n])error:/g, "$1data:");
    if (ready !== "") isAtLineStart = /[\r\n]$/.test(ready);
    return renamed;
  };
}
