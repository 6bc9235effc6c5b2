/**
 * Splits bytes into lines, wherever the bytes are cut: in the middle of a line or of a character.
 * Empty lines are left out; a last line without its line break is a line too.
 */
export async function* decodeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter(isNotEmpty);
  }
  rest += decoder.decode();
  if (isNotEmpty(rest)) yield rest;
}

const isNotEmpty = (line: string): boolean => line.trim() !== "";
