import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ledger } from "../../../core/storage/ledger.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import { openNoteFolder } from "../../note/index.ts";
import type { Note } from "../../note/note.ts";
import { setAside } from "./beside.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { acceptNote, type OnEdited, writeMarkdown } from "./index.ts";

let notes: string;
let ledger: Ledger;
beforeEach(() => {
  notes = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-beside-us-")));
  ({ ledger } = memoryWorkspace());
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(notes, { recursive: true });
});

const MINE = "my own words\n";

const noteOf = (content: string): Note => ({ title: "Kelp", body: content, contentHash: content });
const load = (content: string, onEdited: OnEdited = "keep", reviewReason?: string) =>
  writeMarkdown(notes, noteOf, { onEdited }).load(content, {
    ...loadContext(ledger, "1"),
    ...(reviewReason !== undefined && { reviewReason }),
  });
const write = (name: string, text = MINE): void => writeFileSync(join(notes, name), text);
const read = (name: string): string => readFileSync(join(notes, name), "utf8");
const files = (): readonly string[] =>
  readdirSync(notes, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .toSorted();

/** The user does something while the next note is on its way to the disk: after the look at its name, before it has it. */
async function meanwhile(act: () => void): Promise<void> {
  const probe = await open(notes, "r");
  await probe.close();
  const handles: Pick<FileHandle, "sync"> = Object.getPrototypeOf(probe);
  const { sync } = handles;
  vi.spyOn(handles, "sync").mockImplementationOnce(function (this: FileHandle) {
    act();
    return sync.call(this);
  });
}

interface Writer {
  readonly before?: () => Promise<unknown> | void;
  /** The name that is about to be written. */
  readonly name: string;
  readonly load: () => Promise<unknown>;
  /** Where what was to be written is then; nowhere when the user's file counts as the newer one. */
  readonly goesTo: string | undefined;
}

const review = async (): Promise<void> => void (await load("one", "keep", "too short"));

/** Every write of a file in a user's folder, and what becomes of it when the user is there first. */
const WRITERS: Readonly<Record<string, Writer>> = {
  "a new note": { name: "Kelp.md", load: () => load("one"), goesTo: "Kelp (6b86b2).md" },
  "a new note in review": {
    name: "review/Kelp.md",
    load: () => load("one", "keep", "too short"),
    goesTo: "review/Kelp (6b86b2).md",
  },
  "a note whose file is gone": {
    before: async () => {
      await load("one");
      unlinkSync(join(notes, "Kelp.md"));
    },
    name: "Kelp.md",
    load: () => load("two"),
    goesTo: undefined,
  },
  "a newer version of our note": {
    before: () => load("one"),
    name: "Kelp.md",
    load: () => load("two"),
    goesTo: undefined,
  },
  "a newer version beside it": {
    before: async () => {
      await load("one");
      write("Kelp.md", "edited");
    },
    name: "Kelp (new).md",
    load: () => load("two", "sibling"),
    goesTo: "Kelp (new 2).md",
  },
  "a newer version in its place": {
    before: async () => {
      await load("one");
      write("Kelp.md", "edited");
    },
    name: "Kelp.md",
    load: () => load("two", "overwrite"),
    goesTo: "Kelp.md",
  },
  "a note that is accepted": {
    before: review,
    name: "Kelp.md",
    load: () => acceptNote(join(notes, "review/Kelp.md"), "1", ledger),
    goesTo: "Kelp (6b86b2).md",
  },
};

describe("a file that the user makes or edits while a note is being written is kept", () => {
  it.each(Object.entries(WRITERS))("%s", async (_, { before, name, load: writing, goesTo }) => {
    await before?.();
    await meanwhile(() => write(name));
    await writing();
    const kept = files().filter((file) => read(file) === MINE);
    expect(kept).toHaveLength(1);
    if (goesTo !== name) expect(kept).toEqual([name]);
    if (goesTo === undefined) expect(files()).toEqual([name]);
    else expect(read(goesTo)).toMatch(/one|two/);
  });

  it("also after a crash right before the first write", async () => {
    ledger.intend({ target: notes, sourceId: "1", contentHash: "one", path: "Kelp.md", pendingHash: "0" });
    write("Kelp.md");
    await load("one");
    expect([read("Kelp.md"), files().length]).toEqual([MINE, 2]);
  });

  it("but what is ours by its front matter stays the note that it is", async () => {
    ledger.intend({ target: notes, sourceId: "1", contentHash: "one", path: "Kelp.md", pendingHash: "0" });
    write("Kelp.md", "---\nsource_id: '1'\n---\n\nEdited.\n");
    await load("one");
    expect(files()).toEqual(["Kelp.md"]);
  });
});

describe("a version that is set aside", () => {
  it("takes no name that a file has got since the look at it", async () => {
    write("Kelp.md", "edited");
    const folder = await openNoteFolder(notes);
    const late = {
      ...folder,
      holds: (path: string) => {
        const isThere = folder.holds(path);
        if (path === "Kelp (your version).md") write(path);
        return isThere;
      },
    };
    await setAside("Kelp.md", late);
    expect([read("Kelp (your version).md"), read("Kelp (your version 2).md")]).toEqual([MINE, "edited"]);
  });
});
