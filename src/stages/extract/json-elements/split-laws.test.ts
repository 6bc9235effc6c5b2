import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ParsedElement, type UnparsedElement, parseElements } from "./index.ts";
import { runs } from "../../../../test/runs.ts";

async function parse(chunks: readonly Uint8Array[]): Promise<(ParsedElement | UnparsedElement)[]> {
  const elements: (ParsedElement | UnparsedElement)[] = [];
  for await (const element of parseElements(inOrder(chunks))) elements.push(element);
  return elements;
}

async function* inOrder(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const valuesOf = (elements: readonly (ParsedElement | UnparsedElement)[]): unknown[] =>
  elements.map((element) => (element.kind === "parsed" ? element.value : `broken: ${element.reason}`));

/** Cut at each of the places; several at one place leave empty chunks between them. */
function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\r", "\t"), maxLength: 4 });

/** Any JSON value, with characters of one to four bytes, and halves of pairs, which JSON writes as escapes. */
const value = fc.jsonValue({ depthSize: "medium", stringUnit: "binary" });

/** How writers of JSON differ. */
const written = fc
  .record({
    values: fc.array(value),
    other: value,
    indent: fc.constantFrom(0, 1, "\t"),
    isEscaped: fc.boolean(),
    isWrapped: fc.boolean(),
    hasBom: fc.boolean(),
    before: space,
    after: space,
  })
  .map(({ values, other, indent, isEscaped, isWrapped, hasBom, before, after }) => {
    const whole = isWrapped ? { before: other, n: { conversations: [1] }, conversations: values, after: 1 } : values;
    const text = JSON.stringify(whole, undefined, indent);
    const escaped = text.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const bytes = Buffer.from(`${hasBom ? "\uFEFF" : ""}${before}${isEscaped ? escaped : text}${after}`);
    return { bytes, values: JSON.parse(JSON.stringify(values)) as unknown[], isWrapped };
  });

describe("the elements of any array", () => {
  it("are those of JSON.parse, cut into chunks at any bytes, with white space, mark and wrapping", async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.array(fc.nat()), async ({ bytes, values }, cuts) => {
        expect(valuesOf(await parse(cutAt(bytes, cuts)))).toEqual(values);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("are those of JSON.parse up to where the text ends too early, however it is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.nat(), fc.array(fc.nat()), async ({ bytes, values }, end, cuts) => {
        const last = bytes.lastIndexOf("]");
        const elements = await parse(cutAt(bytes.subarray(0, end % last), cuts));
        const whole = elements.filter((element) => element.kind === "parsed");
        expect(valuesOf(whole)).toEqual(values.slice(0, whole.length));
        expect(elements.slice(whole.length).map(({ kind }) => kind)).toEqual(["broken"]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("are the same whatever garbage one of them is, as long as its brackets balance", async () => {
    const garbage = fc.constantFrom("{oops}", "[1 2]", '{"a":}', "{'a':1}", "[tru]", '{"a" "b"}');
    await fc.assert(
      fc.asyncProperty(
        fc.array(value),
        fc.array(value),
        garbage,
        fc.array(fc.nat()),
        async (before, after, bad, cuts) => {
          const text = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value));
          const bytes = Buffer.from(`[${[...text(before), bad, ...text(after)].join(",")}]`);
          const elements = await parse(cutAt(bytes, cuts));
          expect(elements[before.length]).toMatchObject({ kind: "broken", text: bad });
          const others = elements.filter((_, index) => index !== before.length);
          expect(valuesOf(others)).toEqual(JSON.parse(`[${[...text(before), ...text(after)].join(",")}]`));
        },
      ),
    );
  });
});

it("does not care at which one byte, or between which two, the most awkward text is cut", async () => {
  const values = [{ "]": '\\"[' }, "\u{1D11E}\uFEFF", [[], {}, ""], { 鍵: ["\\\\", "\ud834"] }, -1.5e-7, null, "\\"];
  const bytes = Buffer.from(`\uFEFF \n{"a":"[{\\"","conversations" : ${JSON.stringify(values)} ,"b":[1]} `);
  for (let one = 0; one <= bytes.length; one++) {
    expect(valuesOf(await parse(cutAt(bytes, [one])))).toEqual(values);
    expect(valuesOf(await parse(cutAt(bytes, [one, one + 1])))).toEqual(values);
    expect(valuesOf(await parse(cutAt(bytes, [one, one + 2])))).toEqual(values);
  }
});
