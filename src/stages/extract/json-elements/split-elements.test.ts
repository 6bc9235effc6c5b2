import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BrokenJsonElement, type JsonElement, type SplitOptions, splitElements } from "./index.ts";
import { runs } from "../../../../test/runs.ts";

async function split(
  chunks: readonly Uint8Array[],
  options?: SplitOptions,
): Promise<(JsonElement | BrokenJsonElement)[]> {
  const elements: (JsonElement | BrokenJsonElement)[] = [];
  for await (const element of splitElements(inOrder(chunks), options)) elements.push(element);
  return elements;
}

async function* inOrder(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const bytewise = (text: string): Uint8Array[] => Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte));

/** What a caller sees: parsed values, and the reason where there is none. */
const seen = (elements: readonly (JsonElement | BrokenJsonElement)[]): unknown[] =>
  elements.map((element) => {
    if (element.kind === "broken") return `broken ${element.reason}`;
    try {
      return JSON.parse(element.text);
    } catch {
      return `not JSON: ${element.text.trim()}`;
    }
  });

async function seenBothWays(text: string): Promise<unknown[]> {
  const whole = await split([Buffer.from(text)]);
  expect(await split(bytewise(text)), "the same, byte by byte").toEqual(whole);
  expect(whole.map(({ index }) => index)).toEqual(whole.map((_, index) => index));
  return seen(whole);
}

/** Arrays as text, with the white space and the escapes that writers of JSON differ in. */
const jsonArray = fc
  .record({
    values: fc.array(fc.jsonValue({ depthSize: "medium" })),
    indent: fc.constantFrom(0, 1, 2, "\t"),
    escaped: fc.boolean(),
  })
  .map(({ values, indent, escaped }) => {
    const text = JSON.stringify(values, null, indent);
    return escaped
      ? text.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      : text;
  });

describe("splitting an array", () => {
  it("equals JSON.parse, wherever the bytes are cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(jsonArray, fc.array(fc.nat()), async (text, cuts) => {
        const bytes = Buffer.from(text);
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        expect(seen(await split(chunks))).toEqual(JSON.parse(bytes.toString()));
      }),
      { numRuns: runs(500) },
    );
  });

  it("gives every element before a truncated end, then one broken one", async () => {
    await fc.assert(
      fc.asyncProperty(jsonArray, fc.nat(), async (text, cut) => {
        const bytes = Buffer.from(text);
        const end = cut % bytes.length;
        const elements = await split([bytes.subarray(0, end)]);
        const whole: unknown = JSON.parse(bytes.toString());
        expect(elements.at(-1)?.kind).toBe("broken");
        expect(seen(elements.slice(0, -1))).toEqual(Array.isArray(whole) && whole.slice(0, elements.length - 1));
      }),
      { numRuns: runs(500) },
    );
  });

  it.each<[string, string, unknown[]]>([
    ["an empty array", " [ \n ] ", []],
    ["a byte order mark", '\uFEFF[{"a":1}]', [{ a: 1 }]],
    ["brackets, quotes and backslashes in strings", String.raw`["]", "\"", "\\", "{\\\"["]`, ["]", '"', "\\", '{\\"[']],
    ["a character of four bytes", '["𝄞", {"鍵": "値"}]', ["𝄞", { 鍵: "値" }]],
    ["bare values", "[1, true ,null]", [1, true, null]],
    ["a comma after the last element", "[1,]", [1]],
  ])("reads %s", async (_name, text, values) => {
    expect(await seenBothWays(text)).toEqual(values);
  });

  it.each<[string, string, unknown[]]>([
    ["an element that is not JSON", '[{"a":1}, {"b":oops}, {"c":3}]', [{ a: 1 }, 'not JSON: {"b":oops}', { c: 3 }]],
    ["garbage in place of an element", "[1, oops, 3]", [1, "not JSON: oops", 3]],
    ["garbage after an element", '[{"a":1} oops, 2]', [{ a: 1 }, "not JSON: oops", 2]],
    ["a lost comma", '[{"a":1} {"b":2}]', [{ a: 1 }, { b: 2 }]],
    ["a brace too many", '[{"a":1}}, 2]', [{ a: 1 }, "not JSON: }", 2]],
    ["a missing element", "[1,,3]", [1, "broken is missing: there is nothing between two commas", 3]],
  ])("%s costs only itself", async (_name, text, values) => {
    expect(await seenBothWays(text)).toEqual(values);
  });

  it.each<[string, string, unknown[]]>([
    ["in an element", '[1, {"b":', [1, "broken is cut: the text ends at byte 9, in the middle of it"]],
    ["in a string", '[1, "\\', [1, "broken is cut: the text ends at byte 6, in the middle of it"]],
    ["between elements", "[[1]", [[1], "broken is missing: the text is cut at byte 4, before the array is closed"]],
    ["before anything", " ", ["broken is missing: the text is empty"]],
  ])("says at which byte the text is cut %s", async (_name, text, values) => {
    expect(await seenBothWays(text)).toEqual(values);
  });

  it("says where text follows the end", async () => {
    expect(seen(await split([Buffer.from("[1] [2]")]))).toEqual([
      1,
      "broken should not be there: more text follows the end at byte 4",
    ]);
  });

  it("says what it expected of text that is neither an array nor an object", async () => {
    expect(seen(await split([Buffer.from("hello")]))).toEqual(["broken does not begin: expected `[` or `{` at byte 0"]);
  });

  it("keeps the beginning of a cut element for a person to see", async () => {
    const [broken] = await split([Buffer.from(`[{"name":"${"long ".repeat(1000)}`)]);
    expect(broken?.text).toMatch(/^\{"name":"long /);
    expect(broken?.text.length).toBe(2000);
  });

  it("counts an element over the limit as broken and reads on", async () => {
    const chunks = bytewise(`[1, ["${"x".repeat(100)}"], [2]]`);
    const elements = await split(chunks, { maxElementBytes: 50 });
    expect(seen(elements)).toEqual([
      1,
      "broken is too large: it has more than 50 bytes, and no longer text can be read",
      [2],
    ]);
  });

  it("asks for no chunk before the elements of the last one are taken", async () => {
    let asked = 0;
    const elements = splitElements(
      (async function* () {
        for (const text of ["[1,2,", "3,", "4]"]) {
          asked++;
          yield Buffer.from(text);
        }
      })(),
    );
    await elements.next();
    await elements.next();
    expect(asked).toBe(1);
    await elements.next();
    expect(asked).toBe(2);
  });
});

describe("splitting an object", () => {
  it.each<[string, string, unknown[]]>([
    ["the array under conversations", '{"conversations":[{"a":1},2]}', [{ a: 1 }, 2]],
    ["it behind other fields", '{"user":{"conversations":[9]},"n":1,"conversations" : [1,[2]],"more":[3]}', [1, [2]]],
    [
      "a single object",
      '{"uuid":"1","chat_messages":[{"text":"]}"}]}',
      [{ uuid: "1", chat_messages: [{ text: "]}" }] }],
    ],
    [
      "a single object named conversations",
      '{"name":"conversations","list":[1]}',
      [{ name: "conversations", list: [1] }],
    ],
    ["conversations that is no array", '{"conversations":{"a":[1]}}', [{ conversations: { a: [1] } }]],
    ["an empty object", "{}", [{}]],
  ])("finds %s", async (_name, text, values) => {
    expect(await seenBothWays(text)).toEqual(values);
  });

  it("says where a single object is cut", async () => {
    expect(await seenBothWays('{"uuid":"1",')).toEqual([
      "broken is cut: the text ends at byte 12, in the middle of it",
    ]);
  });

  it("equals JSON.parse for a wrapped array, wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(jsonArray, fc.jsonValue(), fc.nat(), async (array, other, cut) => {
        const bytes = Buffer.from(`{"other": ${JSON.stringify([other])}, "conversations": ${array}, "last": true}`);
        const at = cut % bytes.length;
        expect(seen(await split([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(JSON.parse(array));
      }),
    );
  });
});
