import { sha256 } from "../../../core/base/index.ts";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger } from "../../../core/storage/ledger.ts";
import { memoryWorkspace } from "../../../stores/workspace/index.ts";
import type { Note } from "../../note/note.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { Layout, writeMarkdown, type WriteMarkdownOptions } from "./index.ts";
import { layoutFolder } from "../../note/layout.ts";

describe("the folder of a note", () => {
  test.each([
    ["flat", {}, ""],
    ["flat", { created: "2026-01-19", source: "claude" }, ""],
    ["by-date", { created: "2026-01-19T23:30:00.000Z" }, "2026/2026-01"],
    ["by-date", { created: "2025-12-31" }, "2025/2025-12"],
    ["by-date", { created: "2026-01-31T23:30:00-05:00" }, "2026/2026-01"],
    ["by-date", { created: "2026-13-01" }, "undated"],
    ["by-date", { created: "last week" }, "undated"],
    ["by-date", {}, "undated"],
    ["by-provider", { source: "claude" }, "claude"],
    ["by-provider", { source: "ChatGPT" }, "chatgpt"],
    ["by-provider", { source: "../etc" }, "etc"],
    ["by-provider", { source: "aux" }, "_aux"],
    ["by-provider", {}, "other"],
  ] as const)("by %s, for %j, is %j", (layout, note, folder) => {
    expect(layoutFolder(layout, note)).toBe(folder);
  });
});

describe("a layout", () => {
  let notes: string;
  let ledger: Ledger;
  beforeEach(() => {
    notes = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-layout-")));
    ({ ledger } = memoryWorkspace());
  });
  afterEach(() => rmSync(notes, { recursive: true }));

  const load = (
    note: Partial<Note>,
    layout: Layout,
    { id = "1", ...options }: WriteMarkdownOptions & { id?: string } = {},
  ) =>
    writeMarkdown(notes, (note: Note) => note, { layout, ...options }).load(
      { title: "Kelp", body: "one", created: "2026-01-19", source: "claude", ...note },
      loadContext(ledger, id),
    );
  const at = (path: string, change: string) => ({ outputPath: join(notes, path), change });

  test("puts new notes into its folders, and the ledger knows where", async () => {
    expect(await load({}, Layout["by-date"])).toEqual(at("2026/2026-01/Kelp.md", "created"));
    expect(await load({}, Layout["by-provider"], { id: "2" })).toEqual(at("claude/Kelp.md", "created"));
    expect(ledger.find(notes, "1")).toMatchObject({ path: "2026/2026-01/Kelp.md" });
  });

  test("moves nothing that exists, whatever the layout, the title and the date are later", async () => {
    await load({}, "flat");
    expect(await load({ title: "Seaweed", created: "2027-01-01", body: "two" }, "by-date")).toEqual(
      at("Kelp.md", "updated"),
    );
    expect(readFileSync(join(notes, "Kelp.md"), "utf8")).toContain("two");
    expect(readdirSync(notes)).toEqual(["Kelp.md"]);
  });

  test("tells notes of one title apart in each folder", async () => {
    mkdirSync(join(notes, "claude"));
    writeFileSync(join(notes, "claude", "KELP.md"), "mine");
    await load({}, "by-provider");
    await load({}, "by-provider", { id: "2" });
    await load({ source: "chatgpt" }, "by-provider", { id: "3" });
    expect(readdirSync(join(notes, "claude"))).toHaveLength(3);
    expect(readdirSync(join(notes, "chatgpt"))).toEqual(["Kelp.md"]);
  });

  test("keeps what goes beside a note in the note's folder", async () => {
    await load({}, "by-date");
    writeFileSync(join(notes, "2026/2026-01/Kelp.md"), "mine");
    expect(await load({ body: "two" }, "flat", { onEdited: "sibling" })).toEqual(
      at("2026/2026-01/Kelp (new).md", "beside"),
    );
    expect(await load({ body: "three" }, "flat", { onEdited: "overwrite" })).toEqual(
      at("2026/2026-01/Kelp.md", "replaced"),
    );
    expect(readFileSync(join(notes, "2026/2026-01/Kelp (your version).md"), "utf8")).toBe("mine");
  });

  test("updates a note outside of the folder where the ledger says it is, with the genre and topic it was given", async () => {
    await load({ contentHash: "c1" }, "flat");
    const vault = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-vault-")));
    const organized = join(vault, "Kelp.md");
    renameSync(join(notes, "Kelp.md"), organized);
    const text = readFileSync(organized, "utf8").replace(
      "---\n\n",
      "genre: science\ntopic: algae\nnormalized: true\n---\n\n",
    );
    writeFileSync(organized, text);
    const path = `../${vault.split("/").at(-1)}/Kelp.md`;
    ledger.intend({ target: notes, sourceId: "1", contentHash: "c1", path, pendingHash: "" });
    ledger.confirm(notes, "1", sha256(text));

    expect(await load({ body: "two", contentHash: "c2" }, "by-date")).toEqual({
      outputPath: organized,
      change: "updated",
    });
    expect(readFileSync(organized, "utf8")).toMatch(/genre: science\ntopic: algae\nnormalized: true\n---\n\ntwo\n$/);
    expect(readdirSync(notes)).toEqual([]);
    writeFileSync(organized, "mine");
    expect(await load({ body: "three" }, "flat")).toMatchObject({ kind: "skip" });
    expect(await load({ body: "four" }, "flat", { onEdited: "sibling" })).toEqual({
      outputPath: join(vault, "Kelp (new).md"),
      change: "beside",
    });
    rmSync(vault, { recursive: true });
  });
});
