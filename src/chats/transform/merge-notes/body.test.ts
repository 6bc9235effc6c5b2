import { describe, expect, it } from "vitest";
import type { Artifact } from "../../conversation.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { writeBody } from "./body.ts";

const artifact = (parts: Partial<Artifact>): Artifact => ({ id: "a1", title: "Kelp", text: "It holds.", ...parts });
const bodyWith = (content: string, ...artifacts: Artifact[]): string =>
  writeBody(content, conversationWith({ artifacts }));

describe("writeBody", () => {
  it("is the content when there is nothing else", () => {
    expect(bodyWith("The holdfast only holds.")).toBe("The holdfast only holds.");
  });

  it("appends documents whole: Markdown as it is, code in a fence", () => {
    const body = bodyWith(
      "Two documents.",
      artifact({ mediaType: "text/markdown", text: "# Kelp\n\n- holds\n" }),
      artifact({ title: "Script", mediaType: "application/vnd.ant.code", language: "ts", text: "hold();\n" }),
      artifact({ title: "Drawing", mediaType: "image/svg+xml", text: "<svg/>" }),
    );
    expect(body).toBe(
      "Two documents.\n\n## Documents\n\n### Kelp\n\n#### Kelp\n\n- holds\n\n### Script\n\n```ts\nhold();\n```\n\n### Drawing\n\n```svg\n<svg/>\n```",
    );
  });

  it.each([
    ["# A\n\n## B\ntext\n\n# C", "#### A\n\n##### B\ntext\n\n#### C"],
    ["### A\n\n#### B", "#### A\n\n##### B"],
    ["#### A\n\n###### B", "#### A\n\n###### B"],
    ["# A\n## B\n### C\n#### D\n##### E", "#### A\n##### B\n###### C\n###### D\n###### E"],
    [" ## A ##\n#tag\n    # code", "#### A ##\n#tag\n    # code"],
    ["## A\n\n```sh\n# a comment\n```\n\n~~~\n# too\n~~~", "#### A\n\n```sh\n# a comment\n```\n\n~~~\n# too\n~~~"],
    ["A\n===\n\nB\n---\ntext\n\n---", "#### A\n\n##### B\ntext\n\n---"],
    ["a line\nand a rule\n\n---\n- item\n---\n| a |\n---", "a line\nand a rule\n\n---\n- item\n---\n| a |\n---"],
    ["#", "####"],
  ])("moves the headings of a document below its own: %j", (text, moved) => {
    expect(bodyWith("x", artifact({ text }))).toBe(`x\n\n## Documents\n\n### Kelp\n\n${moved}`);
  });

  it("does not append a document that the content holds already, however it is indented", () => {
    const content = "The script:\n\n```ts\n  hold();\n  wait();\n```";
    expect(bodyWith(content, artifact({ language: "ts", text: "hold();\nwait();" }))).toBe(content);
  });

  it("fences code that has fences in it with longer marks", () => {
    expect(bodyWith("x", artifact({ language: "md", text: "```\na\n```" }))).toContain("````md\n```\na\n```\n````");
  });

  it("closes a fence that a document leaves open, so that the next heading is one", () => {
    const body = bodyWith("x", artifact({ text: "```js\nhold()" }), artifact({ title: "Second", text: "two" }));
    expect(body).toContain("```js\nhold()\n```\n\n### Second");
  });

  it("leaves out empty documents, and names those without a title by their id", () => {
    expect(bodyWith("x", artifact({ text: " \n" }))).toBe("x");
    expect(bodyWith("x", artifact({ title: "", text: "It holds fast." }))).toContain("### a1");
  });

  it("lists attachments by name at the end, each once", () => {
    const attachments = [
      { name: "storm.csv", mediaType: "text/csv", bytes: 12_345, text: "a,b" },
      { name: "rock.png", bytes: 2_500_000 },
      { name: "note.txt", bytes: 12 },
      { name: "wave" },
      { name: "wave" },
    ];
    const conversation = conversationWith({ messages: [message("user", "See these.", { attachments })] });
    expect(writeBody("x", conversation)).toBe(
      "x\n\n## Attachments\n\n- storm.csv (text/csv, 12 kB)\n- rock.png (2.5 MB)\n- note.txt (12 bytes)\n- wave",
    );
  });

  it("has Japanese headings in a Japanese note", () => {
    expect(bodyWith("仮根は岩に付着する。", artifact({}))).toContain("## 文書\n\n### Kelp");
  });

  it.each([
    ["### A\n\ntext\n\n#### B", "## A\n\ntext\n\n### B"],
    ["## A\n\n### B", "## A\n\n### B"],
    ["# A\n\n### B", "# A\n\n### B"],
    ["### A\n\n```bash\n### not a heading\n```", "## A\n\n```bash\n### not a heading\n```"],
    ["no heading", "no heading"],
  ])("lifts headings to the second level: %j", (content, lifted) => {
    expect(bodyWith(content)).toBe(lifted);
  });
});
