import { describe, expect, it } from "vitest";
import { type ArtifactChange, type ArtifactEdit, replayArtifacts } from "./index.ts";

const change = (edit: ArtifactEdit, fields: Partial<ArtifactChange> = {}): ArtifactChange => ({
  id: "a",
  title: "",
  mediaType: "",
  language: "",
  edit,
  ...fields,
});
const whole = (text: string): ArtifactEdit => ({ kind: "whole", text });
const replace = (oldText: string, newText: string): ArtifactEdit => ({ kind: "replace", oldText, newText });

describe("replaying what was done to a document", () => {
  it.each<[string, readonly ArtifactEdit[], string]>([
    ["keeps a text that was written once", [whole("one")], "one"],
    ["keeps the last whole text", [whole("one"), whole("two")], "two"],
    ["replaces the first place of the old text", [whole("a b a"), replace("a", "c")], "c b a"],
    ["replaces with a text that looks like a pattern", [whole("a b"), replace("a", "$&$'$1")], "$&$'$1 b"],
    ["tolerates an old text that is not there", [whole("one"), replace("two", "three")], "one"],
    ["tolerates an empty old text", [whole("one"), replace("", "three")], "one"],
    ["deletes", [whole("one two"), replace(" two", "")], "one"],
    ["keeps the new text of a document it never saw", [replace("one", "two")], "two"],
  ])("%s", (_name, edits, text) => {
    expect(replayArtifacts(edits.map((edit) => change(edit)))).toEqual([{ id: "a", title: "a", text }]);
  });

  it("keeps title, type and language until new ones come, and documents in the order of their beginning", () => {
    const changes = [
      change(whole("x = 1"), { title: "Sum", mediaType: "application/vnd.ant.code", language: "python" }),
      change(whole("other"), { id: "b" }),
      change(replace("1", "2")),
      change(replace("x", "y"), { title: "Total" }),
    ];
    expect(replayArtifacts(changes)).toEqual([
      { id: "a", title: "Total", mediaType: "application/vnd.ant.code", language: "python", text: "y = 2" },
      { id: "b", title: "b", text: "other" },
    ]);
  });
});
