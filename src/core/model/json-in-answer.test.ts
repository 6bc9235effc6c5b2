import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonInAnswer } from "./json-in-answer.ts";

describe("the JSON in an answer", () => {
  it.each<readonly [string, string, unknown]>([
    ["all of it", ' {"a": 1}\n', { a: 1 }],
    ["a list", "[1, 2]", [1, 2]],
    ["a text", '"kelp"', "kelp"],
    ["null, which is a value", "null", null],
    ["a fence", '```json\n{"a": 1}\n```', { a: 1 }],
    ["chatter around it", 'Sure! Here it is: {"a": {"b": [1]}}. Anything else?', { a: { b: [1] } }],
    ["a list behind chatter", 'The tags: ["a", "b"] I think.', ["a", "b"]],
    ["brackets that are no JSON before it", 'In [brackets] and {braces}: {"a": 1}', { a: 1 }],
    ["brackets in its texts", '{"a": "]}{[", "b": "\\"}"}', { a: "]}{[", b: '"}' }],
    ["line breaks in its texts", '{"a": "one\ntwo\tthree"}', { a: "one\ntwo\tthree" }],
    ["the first of two", '{"a": 1} or {"a": 2}', { a: 1 }],
    ["one that is cut off", '{"a": {"b": 1}', undefined],
    ["none", "I would rather not.", undefined],
    ["nothing", "", undefined],
  ])("is found: %s", (_, text, value) => {
    expect(jsonInAnswer(text)).toEqual(value);
  });

  it("is found in any chatter without brackets", () => {
    const chatter = fc.string().map((text) => text.replaceAll(/[[\]{}"]/g, ""));
    const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(chatter, value, chatter, (before, json, after) => {
        const text = JSON.stringify(json);
        expect(JSON.stringify(jsonInAnswer(`a ${before} ${text} ${after} z`))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it("takes time in proportion to the text, whatever is in it", () => {
    // Sixteen tries at most: the work is bounded by the text's length times that.
    expect(jsonInAnswer("{".repeat(200_000))).toBeUndefined();
    expect(jsonInAnswer("[{".repeat(100_000))).toBeUndefined();
  });
});
