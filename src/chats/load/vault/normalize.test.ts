import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readFrontMatter, splitNote } from "../../../stages/note/front-matter/index.ts";
import { normalize } from "./normalize.ts";
import { runs } from "../../../../test/runs.ts";

describe("normalizing", () => {
  test("writes genre, topic, tags as a list and dates in ISO 8601, and touches nothing else", () => {
    const text = `---
title: 'Kelp'   # mine
tags: "#sea weed"
date: 2026/1/9
created: 2026-01-09T10:00:00.000Z
custom:   [1,  2]
genre: old # was
---
 Body\t
`;
    expect(normalize(text, { genre: "science", topic: "algae" })).toBe(`---
title: 'Kelp'   # mine
tags:
  - sea
  - weed
date: 2026-01-09
created: 2026-01-09T10:00:00.000Z
custom:   [1,  2]
genre: science # was
topic: algae
normalized: true
---
 Body\t
`);
  });

  test("leaves tags alone that are a tidy list, however it is written", () => {
    const text = "---\ntags: [sea,  weed]\nnormalized: true\ngenre: science\n---\n";
    expect(normalize(text, { genre: "science" })).toBe(text);
  });

  test("says why there is no genre, and takes that back once there is one", () => {
    const without = normalize("text", { reason: "no rule fits" });
    expect(without).toBe("---\nunclassified_reason: no rule fits\nnormalized: true\n---\ntext");
    expect(normalize(without, { genre: "science" })).toBe("---\nnormalized: true\ngenre: science\n---\ntext");
  });

  test("leaves the whole text alone when its front matter cannot be changed by itself", () => {
    expect(normalize("---\n{tags: a b}\n---\ntext", { genre: "science" })).toBe("---\n{tags: a b}\n---\ntext");
  });

  test("keeps every other key and the body, and doing it twice is doing it once, for any note", () => {
    const scalar = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null));
    const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
    const key = fc.oneof(fc.constantFrom("tags", "date", "created", "genre", "title"), fc.string());
    const values = fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true });
    const note = fc.record({ genre: fc.string(), topic: fc.string(), reason: fc.string() }, { requiredKeys: [] });
    fc.assert(
      fc.property(values, note, fc.string({ unit: "binary" }), (before, note, body) => {
        const text = `---\n${Object.keys(before).length === 0 ? "" : stringify(before)}---\n${body.toWellFormed()}`;
        const whole = readFrontMatter(text);
        fc.pre(whole.state === "read" && splitNote(text).body === body.toWellFormed());
        const once = normalize(text, note);
        expect(splitNote(once).body).toBe(body.toWellFormed());
        expect(normalize(once, note)).toBe(once);
        const after = readFrontMatter(once);
        expect(after.state).toBe("read");
        if (after.state !== "read" || whole.state !== "read") return;
        const ours = new Set([
          "tags",
          "date",
          "created",
          "updated",
          "modified",
          "genre",
          "topic",
          "normalized",
          "unclassified_reason",
        ]);
        for (const [name, value] of Object.entries(whole.values)) {
          if (!ours.has(name)) expect(after.values[name]).toEqual(value);
        }
      }),
      { numRuns: runs(200) },
    );
  });
});
