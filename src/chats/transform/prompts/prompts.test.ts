import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_PROMPTS, PROMPT_VERSION } from "./default-prompts.ts";
import { fillPrompt, placeholdersIn } from "./fill-prompt.ts";
import { promptsWith } from "./prompts.ts";
import { readPrompts, writeDefaultPrompts } from "./read-prompts.ts";

const newFolder = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-prompts-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

const NOTE = "Summarise in {language}.\n\n{conversation}\n\n{form}\n";

describe("the default prompts", () => {
  it.each(Object.entries(DEFAULT_PROMPTS))(
    "%s holds the placeholders that its rule names, and no others",
    (_name, rule) => {
      const found = placeholdersIn(rule.text);
      expect(rule.placeholders).toEqual(expect.arrayContaining([...found]));
      expect(found).toEqual(expect.arrayContaining([...rule.needed]));
    },
  );
});

describe("fillPrompt", () => {
  it("puts values in their places and does not look at them again", () => {
    expect(fillPrompt("In {language}:\n{text}\n", { language: "$& {text}", text: "{language}" })).toBe(
      "In $& {text}:\n{language}\n",
    );
  });

  it("takes out a line that holds nothing but an empty value", () => {
    expect(fillPrompt("One\n\n{part}\n\nTwo {part}!\n\n{end}\n", { part: "", end: "" })).toBe("One\n\nTwo !\n");
  });
});

describe("readPrompts", () => {
  it("takes the files of a folder in place of the defaults of their names", () => {
    const prompts = readPrompts(newFolder({ "note.md": `\uFEFF${NOTE.replaceAll("\n", "\r\n")}`, ".DS_Store": "x" }));
    expect(prompts.texts).toEqual({ ...promptsWith().texts, note: NOTE });
    expect(prompts.version).toMatch(new RegExp(`^${PROMPT_VERSION} with own note \\([0-9a-f]{8}\\)$`));
    expect(prompts.hash).not.toBe(promptsWith().hash);
  });

  it("is the default when nothing was changed", () => {
    const folder = newFolder();
    writeDefaultPrompts(folder);
    expect(readPrompts(folder)).toEqual(promptsWith());
    expect(promptsWith().version).toBe(PROMPT_VERSION);
  });

  it.each([
    [{ "notes.md": NOTE }, "notes.md is not a prompt: the prompt files are system.md, note.md, merge.md, describe.md."],
    [{ "note.md": `${NOTE}{conversatoin}` }, "note.md has the placeholder {conversatoin}, which has no value."],
    [{ "note.md": "Summarise.\n{form}" }, "note.md lacks the placeholder {conversation}"],
    [{ "merge.md": "{notes}" }, "merge.md lacks the placeholder {form}"],
  ])("refuses %j", (files, message) => {
    expect(() => readPrompts(newFolder(files))).toThrow(message);
  });

  it("says what to do when the folder is not there", () => {
    expect(() => readPrompts("/nowhere/at/all")).toThrow("Could not read the prompts at /nowhere/at/all");
  });
});

describe("writeDefaultPrompts", () => {
  it("writes each prompt that is not there, and leaves the others alone", () => {
    const folder = newFolder({ "note.md": "mine" });
    expect(writeDefaultPrompts(folder)).toEqual(
      ["system.md", "merge.md", "describe.md"].map((name) => join(folder, name)),
    );
    expect(readFileSync(join(folder, "note.md"), "utf8")).toBe("mine");
    expect(readdirSync(folder)).toHaveLength(4);
  });
});
