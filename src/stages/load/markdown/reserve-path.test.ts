import { createHash } from "node:crypto";
import {
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
import { join, relative } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { foldPath } from "../../../core/files/fold-path.ts";
import type { StepContext } from "../../../core/pipeline/step-context.ts";
import { memoryWorkspace, openWorkspace, type Workspace } from "../../../stores/workspace/index.ts";
import type { Note } from "../../note/note.ts";
import { loadContext } from "./fixtures/load-context.ts";
import { Layout, writeMarkdown } from "./index.ts";
import { runs } from "../../../../test/runs.ts";

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

const context = (itemId: string, more: Partial<StepContext> = {}) => loadContext(workspace.ledger, itemId, more);
const sink = () => writeMarkdown(notes, (note: Note) => note);
const load = (note: Note, itemId = "1", more: Partial<StepContext> = {}) => sink().load(note, context(itemId, more));
const read = (name: string): string => readFileSync(join(notes, name), "utf8");
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const suffixOf = (sourceId: string, digits = 6): string => hashOf(sourceId).slice(0, digits);

describe("names", () => {
  test("tell notes of one title apart by their source", async () => {
    await load({ title: "Kelp", body: "one" }, "1");
    await load({ title: "kelp", body: "two" }, "2");
    expect(readdirSync(notes).sort()).toEqual(["Kelp.md", `kelp (${suffixOf("2")}).md`].sort());
    await load({ title: "Kelp", body: "one again" }, "1");
    await load({ title: "kelp", body: "two again" }, "2");
    expect(readdirSync(notes)).toHaveLength(2);
    expect(read("Kelp.md")).toContain("one again");
  });

  test("stay with their owner while its file is gone", async () => {
    await load({ title: "Kelp", body: "one" }, "1");
    unlinkSync(join(notes, "Kelp.md"));
    expect(await load({ title: "Kelp", body: "two" }, "2")).toEqual({
      outputPath: join(notes, `Kelp (${suffixOf("2")}).md`),
      change: "created",
    });
  });

  test.each(["Kelp.md", "KELP.md", "kelp.MD"])("leave %s to the user who has it already", async (name) => {
    mkdirSync(notes);
    writeFileSync(join(notes, name), "mine");
    expect(await load({ title: "Kelp", body: "one" })).toEqual({
      outputPath: join(notes, `Kelp (${suffixOf("1")}).md`),
      change: "created",
    });
    expect(read(name)).toBe("mine");
  });

  test("leave a file that the user makes during the run to the user", async () => {
    const open = sink();
    await open.check();
    writeFileSync(join(notes, "Kelp.md"), "mine");
    expect(await open.load({ title: "Kelp", body: "one" }, context("1"))).toEqual({
      outputPath: join(notes, `Kelp (${suffixOf("1")}).md`),
      change: "created",
    });
    expect(read("Kelp.md")).toBe("mine");
  });

  test("leave a link that leads nowhere to the user", async () => {
    mkdirSync(notes);
    symlinkSync(join(root, "gone"), join(notes, "Kelp.md"));
    expect(await load({ title: "Kelp", body: "one" })).toEqual({
      outputPath: join(notes, `Kelp (${suffixOf("1")}).md`),
      change: "created",
    });
  });

  test("take a longer hash when the user has the short one, and give up before they overwrite", async () => {
    mkdirSync(notes);
    for (const [index, digits] of [6, 8, 10, 12].entries()) {
      writeFileSync(join(notes, index === 0 ? "Kelp.md" : `Kelp (${suffixOf("1", digits - 2)}).md`), "mine");
      const loaded = await load({ title: "Kelp", body: "one" }, "1", { ledger: memoryWorkspace().ledger });
      const name = `Kelp (${suffixOf("1", digits)}).md`;
      expect(loaded).toMatchObject({ outputPath: join(notes, name) });
      unlinkSync(join(notes, name));
    }
    writeFileSync(join(notes, `Kelp (${suffixOf("1", 12)}).md`), "mine");
    await expect(load({ title: "Kelp", body: "one" })).rejects.toMatchObject({
      code: "write_failed",
      hint: expect.stringContaining("Kelp.md"),
    });
  });

  test("are unique when many notes of few titles are loaded at once", async () => {
    const many = sink();
    const items = Array.from({ length: 200 }, (_, index) => ({
      id: String(index),
      title: ["Kelp", "KELP", "kelp ", "海藻"][index % 4] ?? "",
    }));
    const loaded = await Promise.all(
      items.map(({ id, title }) => many.load({ title, body: `body of ${id}.` }, context(id))),
    );
    expect(new Set(loaded.map((one) => ("outputPath" in one ? foldPath(one.outputPath) : "")))).toHaveLength(200);
    expect(readdirSync(notes)).toHaveLength(200);
    for (const { id } of items) {
      expect(read(workspace.ledger.find(notes, id)?.path ?? "")).toContain(`body of ${id}.`);
    }
  });

  test("are unique, safe and stable for any titles, in each layout, and whatever the layout is later", async () => {
    const anyTitle = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "",
        "Kelp",
        "kelp",
        "K\u00c9LP",
        "ke\u0301lp",
        "CON",
        "\ud800",
        "שלום",
        "👩‍👩‍👧".repeat(40),
        "海".repeat(200),
      ),
    );
    const anyNote = fc.record(
      {
        title: anyTitle,
        created: fc.constantFrom("2026-01-19T10:00:00.000Z", "2026-02-01", "2026-13-01", "yesterday", ""),
        source: fc.oneof(fc.constantFrom("claude", "Claude", "chatgpt", "..", "a/b"), fc.string({ unit: "binary" })),
      },
      { requiredKeys: ["title"] },
    );
    const anyLayout = fc.constantFrom(...Object.values(Layout));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyNote, { minLength: 1, maxLength: 8 }),
        anyLayout,
        anyLayout,
        async (all, first, later) => {
          const { ledger } = memoryWorkspace();
          const folder = mkdtempSync(join(root, "any-"));
          const loadAll = (layout: Layout, body: string) => {
            const any = writeMarkdown(folder, (note: Note) => note, { layout });
            return Promise.all(
              all.map((note, index) => any.load({ ...note, body }, context(`item ${index}`, { ledger }))),
            );
          };
          const loaded = await loadAll(first, "one");
          const paths = loaded.map((one) => ("outputPath" in one ? relative(folder, one.outputPath) : ""));
          expect(new Set(paths.map(foldPath))).toHaveLength(all.length);
          expect(notesIn(folder)).toEqual(paths.toSorted());
          for (const name of paths.flatMap((path) => path.split("/"))) {
            expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
            expect(name).not.toMatch(/[<>:"/\\|?*[\]#^\p{Cc}]|^[.\s]|[.\s]$|^(?:con|prn|aux|nul)(?:\.|$)/iu);
          }
          expect(await loadAll(later, "two")).toEqual(loaded.map((one) => ({ ...one, change: "updated" })));
          expect(notesIn(folder)).toEqual(paths.toSorted());
        },
      ),
      { numRuns: runs(50) },
    );
  });
});

const notesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .toSorted();
