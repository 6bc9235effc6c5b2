import { StepError } from "../../core/failure/index.ts";

/** The most UTF-16 units of one line: far more than real ones have, far less than would exhaust memory. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * Splits bytes into lines, wherever the bytes are cut: in the middle of a line or of a character.
 * Empty lines are left out; a last line without its line break is a line too. Throws a `StepError` (`transient`) for a line
 * without end.
 */
export async function* decodeLines(
  chunks: AsyncIterable<Uint8Array>,
  mostCharacters: number = MOST_CHARACTERS,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  // Joined once: a long line comes in many pieces.
  let rest: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = "", ...lines] = decoder.decode(chunk, { stream: true }).split("\n");
    rest.push(first);
    length += first.length;
    if (length > mostCharacters) {
      throw new StepError(
        "transient",
        `A line of the answer is longer than ${mostCharacters} characters and does not end.`,
      );
    }
    const last = lines.pop();
    if (last === undefined) continue;
    yield* [rest.join(""), ...lines].filter(isNotEmpty);
    rest = [last];
    length = last.length;
  }
  rest.push(decoder.decode());
  const line = rest.join("");
  if (isNotEmpty(line)) yield line;
}

const isNotEmpty = (line: string): boolean => line.trim() !== "";
