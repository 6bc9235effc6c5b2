import { describe, expect, it } from "vitest";
import { ENGINES, EXPORTS, goldenFolder, makeNotes, readNotes } from "./make-notes.ts";

describe.each(EXPORTS)("the notes of examples/%s", (name) => {
  it.each(ENGINES)("by %s are those that are kept; `npm run golden` keeps the new ones", async (engine) => {
    const made = await makeNotes(name, engine);
    const kept = await readNotes(goldenFolder(name, engine));
    expect([...made.keys()]).toEqual([...kept.keys()]);
    for (const [path, text] of made) expect(text, path).toBe(kept.get(path));
  });
});
