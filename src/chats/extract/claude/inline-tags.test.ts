import { expect, it } from "vitest";
import { takeInlineTags } from "./inline-tags.ts";

const TAG = '<antArtifact identifier="tea" type="text/markdown" title="Tea" language="en">';

it.each<[string, string, string, string[]]>([
  ["an artifact", `Here:\n${TAG}\n# Tea\n</antArtifact>\nEnjoy.`, "Here:\n[artifact: Tea]\nEnjoy.", ["# Tea"]],
  ["two artifacts", `${TAG}1</antArtifact>${TAG}2</antArtifact>`, "[artifact: Tea][artifact: Tea]", ["1", "2"]],
  ["an artifact that was cut off", `Here: ${TAG}\n# Te`, "Here: [artifact: Tea]", ["# Te"]],
  ["thoughts", "<antThinking>Hm.\nWell.</antThinking>Yes.", "Yes.", []],
  [
    "talk about the tags",
    "Write `<antArtifact type>` or `<antThinking>`.",
    "Write `<antArtifact type>` or `<antThinking>`.",
    [],
  ],
])("takes %s out of a text", (_name, tagged, text, documents) => {
  const untagged = takeInlineTags(tagged);
  expect(untagged.text).toBe(text);
  expect(untagged.artifactChanges.map(({ edit }) => edit)).toEqual(documents.map((text) => ({ kind: "whole", text })));
});

it("names a document by its attributes", () => {
  expect(takeInlineTags(`${TAG}x</antArtifact>`).artifactChanges).toEqual([
    { id: "tea", title: "Tea", mediaType: "text/markdown", language: "en", edit: { kind: "whole", text: "x" } },
  ]);
});
