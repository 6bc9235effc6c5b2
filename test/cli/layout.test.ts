import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { conversation } from "./claude-export.ts";
import { holdfast, newProject } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** The paths of all notes. */
const notesIn = (cwd: string): readonly string[] =>
  readdirSync(join(cwd, "notes"), { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(cwd, "notes", path)).isFile())
    .toSorted();

function writeChats(cwd: string, chats: readonly object[]): void {
  mkdirSync(join(cwd, "chats"), { recursive: true });
  writeFileSync(join(cwd, "chats", "conversations.json"), JSON.stringify(chats));
}

const importInto = (cwd: string, ...more: readonly string[]) =>
  holdfast(["import", "chats", "--out", "notes", ...more], { cwd });

variants([
  ["flat", /^[^/]+\.md$/],
  ["by-date", /^2026\/2026-01\/[^/]+\.md$/],
  ["by-provider", /^claude\/[^/]+\.md$/],
])(
  "new notes are laid out by %s, and stay there when the next import asks for another layout",
  async (layout, place) => {
    const cwd = newProject();
    writeChats(cwd, [conversation(0), conversation(1)]);
    expect(await importInto(cwd, "--layout", layout)).toMatchObject({ code: 0 });
    const before = notesIn(cwd);
    expect(before).toHaveLength(2);
    for (const path of before) expect(path).toMatch(place);

    const grown = JSON.parse(
      JSON.stringify(conversation(0))
        .replaceAll("sound as long", "very sound as long")
        .replaceAll("Question 0", "Another title 0"),
    );
    writeChats(cwd, [grown, conversation(1)]);
    const next = layout === "flat" ? "by-date" : "flat";
    expect((await importInto(cwd, "--layout", next)).stdout).toContain("1 updated");
    expect(notesIn(cwd)).toEqual(before);
    expect(before.map((path) => readFileSync(join(cwd, "notes", path), "utf8")).join()).toContain("very sound");
  },
);

it("a layout that there is not is refused", async () => {
  const cwd = newProject();
  writeChats(cwd, [conversation(0)]);
  expect(await importInto(cwd, "--layout", "by-mood")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("by-date"),
  });
});
