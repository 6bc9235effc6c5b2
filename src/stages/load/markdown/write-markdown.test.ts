import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { writeFileAtomic } from "../../../core/files/atomic-write.ts";
import { skipItem } from "../../../core/pipeline/outcome.ts";
import type { LoadChange } from "../../../core/pipeline/sink.ts";
import type { StepContext } from "../../../core/pipeline/step-context.ts";
import { openWorkspace, type Workspace } from "../../../stores/workspace/index.ts";
import type { Note } from "../../note/note.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { writeMarkdown } from "./index.ts";

let root: string;
let notes: string;
let workspace: Workspace;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-notes-")));
  notes = join(root, "notes");
  workspace = openWorkspace(join(root, ".holdfast"));
});
afterEach(() => {
  workspace.close();
  rmSync(root, { recursive: true });
});

const kept = skipItem("edited by you, kept as it is");

const context = (itemId: string, more: Partial<StepContext> = {}) => loadContext(workspace.ledger, itemId, more);
const sink = () => writeMarkdown(notes, (note: Note) => note);
const load = (note: Note, itemId = "1", more: Partial<StepContext> = {}) => sink().load(note, context(itemId, more));
const read = (name: string): string => readFileSync(join(notes, name), "utf8");
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const at = (name: string, change: LoadChange) => ({ outputPath: join(notes, name), change });
const suffixOf = (sourceId: string, digits = 6): string => hashOf(sourceId).slice(0, digits);

describe("a note", () => {
  test("is a file named after its title, with front matter of what is known", async () => {
    const note: Note = {
      title: "Why kelp holds",
      body: "Because of its root.",
      tags: ["kelp"],
      sourceId: "claude:1",
      contentHash: "c1",
      engine: "extractive",
    };
    expect(await load(note)).toEqual(at("Why kelp holds.md", "created"));
    expect(read("Why kelp holds.md")).toBe(`---
title: Why kelp holds
tags:
  - kelp
source_id: claude:1
content_hash: c1
engine: extractive
session: "20260119_143052"
---

Because of its root.
`);
  });

  test("is known by the item's id when it names no source", async () => {
    await load({ title: "Kelp", body: "" }, "docs.jsonl#7");
    expect(read("Kelp.md")).toContain("source_id: docs.jsonl#7\n");
    expect(workspace.ledger.find(notes, "docs.jsonl#7")).toMatchObject({ path: "Kelp.md" });
  });

  test("has a hash of its own text when its source has none: the same in every session, another for another text", async () => {
    const hashIn = (): unknown => parse(read("Kelp.md").split("---\n")[1] ?? "").content_hash;
    await load({ title: "Kelp", body: "one" }, "1", { sessionId: "20260101_000000" });
    const first = hashIn();
    await load({ title: "Kelp", body: "one" }, "1", { sessionId: "20260102_000000" });
    expect(hashIn()).toBe(first);
    await load({ title: "Kelp", body: "two" }, "1");
    expect(hashIn()).not.toBe(first);
  });

  test("is in the ledger with the hash of its file", async () => {
    await load({ title: "海藻", body: "\ud800 half a character", contentHash: "c1" }, "1");
    expect(workspace.ledger.find(notes, "1")).toEqual({
      target: notes,
      sourceId: "1",
      contentHash: "c1",
      path: "海藻.md",
      outputHash: createHash("sha256")
        .update(readFileSync(join(notes, "海藻.md")))
        .digest("hex"),
      load: { call: expect.stringContaining("/import/1/write_note/"), change: "created" },
    });
  });

  test("can have the longest name there is", async () => {
    await load({ title: "海".repeat(200), body: "one" }, "1");
    await load({ title: "海".repeat(200), body: "two" }, "2");
    expect(readdirSync(notes).map((name) => Buffer.byteLength(name))).toEqual([255, 255]);
  });
});

describe("a note that was loaded before", () => {
  test("updates its file in place, under the name it has", async () => {
    await load({ title: "Kelp", body: "one" });
    expect(await load({ title: "Kelp and rock", body: "two" })).toEqual(at("Kelp.md", "updated"));
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
    expect(read("Kelp.md")).toContain("title: Kelp and rock\n");
    expect(read("Kelp.md")).toContain("two");
  });

  test("is the same when it is loaded twice", async () => {
    await load({ title: "Kelp", body: "one" });
    const once = read("Kelp.md");
    await load({ title: "Kelp", body: "one" });
    expect(read("Kelp.md")).toBe(once);
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
  });

  test("is written again at its place when its file is gone", async () => {
    await load({ title: "Kelp", body: "one" });
    unlinkSync(join(notes, "Kelp.md"));
    expect(await load({ title: "Seaweed", body: "two" })).toEqual(at("Kelp.md", "created"));
    expect(read("Kelp.md")).toContain("two");
  });

  test("is left alone when somebody edited it, and its ledger entry says which content it was not given", async () => {
    await load({ title: "Kelp", body: "one" });
    writeFileSync(join(notes, "Kelp.md"), "mine now");
    const entry = workspace.ledger.find(notes, "1");
    expect(await load({ title: "Kelp", body: "two", contentHash: "c2" })).toEqual(kept);
    expect(read("Kelp.md")).toBe("mine now");
    expect(workspace.ledger.find(notes, "1")).toEqual({ ...entry, keptHash: "c2" });
  });

  test("is left alone when somebody put a folder in its place", async () => {
    await load({ title: "Kelp", body: "one" });
    unlinkSync(join(notes, "Kelp.md"));
    mkdirSync(join(notes, "Kelp.md"));
    expect(await load({ title: "Kelp", body: "two" })).toEqual(kept);
  });

  test("is found again when the folder is named through a link", async () => {
    await load({ title: "Kelp", body: "one" });
    symlinkSync(notes, join(root, "link"));
    const linked = writeMarkdown(join(root, "link"), (note: Note) => note);
    expect(await linked.load({ title: "Kelp", body: "two" }, context("1"))).toEqual(at("Kelp.md", "updated"));
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
  });
});

describe("a crash", () => {
  const note: Note = { title: "Kelp", body: "one" };

  test("after the intent costs nothing", async () => {
    await load(note);
    const entry = workspace.ledger.find(notes, "1");
    workspace.ledger.intend({
      target: notes,
      sourceId: "1",
      contentHash: "c2",
      path: "Kelp.md",
      pendingHash: hashOf("never written"),
    });
    expect(await load({ ...note, body: "two" })).toEqual(at("Kelp.md", "updated"));
    expect(read("Kelp.md")).toContain("two");
    expect(workspace.ledger.find(notes, "1")?.outputHash).not.toBe(entry?.outputHash);
  });

  test("between the file and its confirmation leaves a file that the next load knows as ours", async () => {
    mkdirSync(notes);
    workspace.ledger.intend({
      target: notes,
      sourceId: "1",
      contentHash: "c1",
      path: "Kelp.md",
      pendingHash: hashOf("written"),
    });
    await writeFileAtomic(join(notes, "Kelp.md"), "written");
    expect(await load(note)).toEqual(at("Kelp.md", "updated"));
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
    expect(read("Kelp.md")).toContain("one");
  });

  test("and a second one after the next intent still leave a file that is known as ours", async () => {
    mkdirSync(notes);
    workspace.ledger.intend({
      target: notes,
      sourceId: "1",
      contentHash: "c1",
      path: "Kelp.md",
      pendingHash: hashOf("written"),
    });
    await writeFileAtomic(join(notes, "Kelp.md"), "written");
    const dying = { ...workspace.ledger };
    dying.intend = (intent) => {
      workspace.ledger.intend(intent);
      throw new Error("killed");
    };
    await expect(load(note, "1", { ledger: dying })).rejects.toThrow("killed");
    expect(await load(note)).toEqual(at("Kelp.md", "updated"));
    expect(read("Kelp.md")).toContain("one");
  });

  test("of a process killed between the two leaves no second note and no stale temp", async () => {
    const { signal } = spawnSync(process.execPath, [
      "--no-warnings",
      join(import.meta.dirname, "fixtures", "killed-load.ts"),
      root,
    ]);
    expect(signal).toBe("SIGKILL");
    expect(readdirSync(notes).sort()).toEqual([expect.stringMatching(/^\.holdfast-.*\.tmp$/), "Kelp.md"]);
    expect(workspace.ledger.find(notes, "1")).toMatchObject({ pendingHash: hashOf(read("Kelp.md")) });
    expect(await load({ ...note, body: "two" })).toEqual(at("Kelp.md", "updated"));
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
    expect(read("Kelp.md")).toContain("two");
  });
});

describe("an item that a person should look at", () => {
  const note: Note = { title: "Kelp", body: "one" };
  const review = { reviewReason: "the summary is missing" };

  test("goes to the review folder, with the reason", async () => {
    expect(await load(note, "1", review)).toEqual(at(join("review", "Kelp.md"), "created"));
    expect(read("review/Kelp.md")).toContain("review_reason: the summary is missing\n");
    expect(existsSync(join(notes, "Kelp.md"))).toBe(false);
  });

  test("goes to the folder that the options name", async () => {
    const named = writeMarkdown(notes, (note: Note) => note, { reviewFolder: "to read" });
    expect(await named.load(note, context("1", review))).toEqual(at(join("to read", "Kelp.md"), "created"));
  });

  test.each(["", ".", "..", "a/b", "/review"])("cannot go to a folder called %j", (reviewFolder) => {
    expect(() => writeMarkdown(notes, (note: Note) => note, { reviewFolder })).toThrow(
      expect.objectContaining({ code: "pipeline_invalid", message: expect.stringContaining("reviewFolder") }),
    );
  });

  test("leaves the review folder when it passes", async () => {
    await load(note, "1", review);
    expect(await load({ ...note, body: "two" }, "1")).toEqual(at("Kelp.md", "created"));
    expect(readdirSync(join(notes, "review"))).toEqual([]);
  });

  test("stays in the review folder too when somebody edited it there", async () => {
    await load(note, "1", review);
    writeFileSync(join(notes, "review", "Kelp.md"), "mine now");
    await load({ ...note, body: "two" }, "1");
    expect(read("Kelp.md")).toContain("two");
    expect(read("review/Kelp.md")).toBe("mine now");
  });

  test("leaves the note alone that was good before", async () => {
    await load(note, "1");
    await load({ ...note, body: "doubtful" }, "1", review);
    expect(read("Kelp.md")).toContain("one");
    expect(read("review/Kelp.md")).toContain("doubtful");
  });
});

describe("check", () => {
  test("makes the folder, and leaves it empty", async () => {
    const deep = join(notes, "a", "b");
    await writeMarkdown(deep, (note: Note) => note).check();
    expect(readdirSync(deep)).toEqual([]);
  });

  test("says which folder is a file", async () => {
    writeFileSync(notes, "");
    await expect(sink().check()).rejects.toMatchObject({
      code: "write_failed",
      message: expect.stringContaining(notes),
      hint: expect.any(String),
    });
  });

  test.each(["/proc/holdfast", "/proc"])("says that nothing can be written to %s, even by root", async (folder) => {
    await expect(writeMarkdown(folder, (note: Note) => note).check()).rejects.toMatchObject({
      code: "write_failed",
      message: expect.stringContaining("/proc"),
    });
  });

  test("looks at the folder again each time", async () => {
    const open = sink();
    await open.check();
    writeFileSync(join(notes, "KELP.md"), "mine");
    await open.check();
    const name = `Kelp (${suffixOf("1")}).md`;
    expect(await open.load({ title: "Kelp", body: "" }, context("1"))).toEqual(at(name, "created"));
  });

  test("is not needed again for a load to succeed once what was wrong is mended", async () => {
    const mended = sink();
    writeFileSync(notes, "");
    await expect(mended.load({ title: "Kelp", body: "" }, context("1"))).rejects.toMatchObject({
      code: "write_failed",
    });
    unlinkSync(notes);
    await mended.load({ title: "Kelp", body: "" }, context("1"));
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
  });

  test("belongs to a sink with a name and a version, for the checkpoints", () => {
    expect(sink()).toMatchObject({ name: "write_note", version: 1 });
  });
});
