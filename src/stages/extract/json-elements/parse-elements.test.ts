import { expect, it } from "vitest";
import { parseElements } from "./index.ts";

it("parses each element on its own and says of the others why not", async () => {
  const elements = [];
  for await (const element of parseElements(chunks('[{"a":1}, {"a":}, {"a":3}, {"a'))) elements.push(element);
  expect(elements).toEqual([
    { kind: "parsed", index: 0, value: { a: 1 } },
    { kind: "broken", index: 1, reason: expect.stringMatching(/^is not JSON: Unexpected token/), text: '{"a":}' },
    { kind: "parsed", index: 2, value: { a: 3 } },
    { kind: "broken", index: 3, reason: "is cut: the text ends at byte 30, in the middle of it", text: '{"a' },
  ]);
});

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
