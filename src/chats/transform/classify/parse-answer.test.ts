import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseClass } from "./parse-answer.ts";

const genres = ["engineering", "daily-life", "science", "science fiction", "料理"];

describe("the answer of a model", () => {
  test.each([
    ["Genre: science\nTopic: Algae", "science", "Algae"],
    ["genre: SCIENCE\ntopic: algae.", "science", "algae"],
    ["**Genre:** Daily Life\n**Topic:** Sea walks", "daily-life", "Sea walks"],
    ["- Genre: `engineering`\n- Topic: `databases`", "engineering", "databases"],
    ["Genre：料理\nTopic：味噌", "料理", "味噌"],
    ['{"genre": "science", "topic": "algae"}', "science", "algae"],
    ['```json\n{\n  "genre": "science fiction",\n  "topic": "dunes"\n}\n```', "science fiction", "dunes"],
    ["Sure! Here it is:\n\nGenre: science\nTopic: (one to three words)\n\nHope this helps.", "science", undefined],
    ["Genre: science (it is about algae)\nTopic: none", "science", undefined],
    ["I would file it under science fiction.", "science fiction", undefined],
    ["daily-life", "daily-life", undefined],
    ["Genre: none\nTopic: none", undefined, undefined],
    [`Genre: science\nTopic: ${"k".repeat(60)}`, "science", "k".repeat(60)],
    [`Genre: science\nTopic: The note is about ${"kelp and ".repeat(10)} rock`, "science", undefined],
  ])("%j is of the genre %j and the topic %j", (answer, genre, topic) => {
    expect(parseClass(answer, genres)).toEqual({ ok: true, genre, topic });
  });

  test.each([
    ["", "The answer was empty."],
    ["It is about the sea.", "named no genre of the list"],
    ["Genre: biology\nTopic: kelp", '"biology" is no genre of the list'],
    ["It may be science or engineering.", "named no genre of the list"],
  ])("%j is refused, and the complaint names what there is", (answer, complaint) => {
    expect(parseClass(answer, genres)).toEqual({
      ok: false,
      complaint: expect.stringMatching(new RegExp(`${complaint}.*engineering, daily-life, science`)),
    });
  });

  test("is read without an error, and gives a genre of the list or none, for any text", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("Genre:", "topic", '"', "{", "}", "\n", "science", "**"),
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join("")),
        (answer) => {
          const parsed = parseClass(answer, genres);
          if (parsed.ok && parsed.genre !== undefined) expect(genres).toContain(parsed.genre);
        },
      ),
    );
  });
});
