import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryWorkspace, openWorkspace, type Workspace, type WorkspaceOptions } from "./index.ts";

/** What every workspace keeps to, whatever it is made of. */
function describeWorkspace(name: string, open: (options: WorkspaceOptions) => Workspace): void {
  describe(name, () => {
    let workspace: Workspace;
    let now = 0;
    beforeEach(() => {
      workspace = open({ now: () => now });
    });
    afterEach(() => workspace.close());

    const note = {
      target: "/notes",
      sourceId: "claude:1",
      contentHash: "content-1",
      path: "Kelp.md",
      pendingHash: "text-1",
    };
    const { target, sourceId } = note;

    describe("ledger", () => {
      test("knows nothing at first", () => {
        expect(workspace.ledger.find(target, sourceId)).toBeUndefined();
        expect(workspace.ledger.ownerOf(target, "Kelp.md")).toBeUndefined();
      });

      test("shows an intended write as pending", () => {
        expect(workspace.ledger.intend(note)).toBe(true);
        expect(workspace.ledger.find(target, sourceId)).toEqual(note);
      });

      test("shows a confirmed write as done", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        ledger.confirm(target, sourceId);
        const { pendingHash, ...rest } = note;
        expect(ledger.find(target, sourceId)).toEqual({ ...rest, outputHash: pendingHash });
      });

      test("takes what stands there now for ours, whoever wrote it and in whatever order", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        ledger.intend({ ...note, pendingHash: "text of another process" });
        ledger.confirm(target, sourceId, "text of another process");
        ledger.confirm(target, sourceId, "text-1");
        const { pendingHash: _none, ...rest } = note;
        expect(ledger.find(target, sourceId)).toEqual({ ...rest, outputHash: "text-1" });
      });

      test("keeps the hash of the last write while the next is under way", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        ledger.confirm(target, sourceId);
        expect(ledger.intend({ ...note, contentHash: "content-2", pendingHash: "text-2" })).toBe(true);
        expect(ledger.find(target, sourceId)).toEqual({
          ...note,
          contentHash: "content-2",
          pendingHash: "text-2",
          outputHash: "text-1",
        });
      });

      test("remembers which load wrote what, and as what, until another one does", () => {
        const { ledger } = workspace;
        const load = { call: "20260119_143052/import/claude:1/write_note/1/0", change: "created" } as const;
        ledger.intend({ ...note, load });
        expect(ledger.find(target, sourceId)).toEqual({ ...note, load });
        ledger.confirm(target, sourceId);
        expect(ledger.find(target, sourceId)?.load).toEqual(load);
        ledger.keep(target, sourceId, "content-2");
        expect(ledger.find(target, sourceId)?.load).toEqual(load);
        ledger.intend(note);
        expect(ledger.find(target, sourceId)).not.toHaveProperty("load");
      });

      test("replaces an intent that was never confirmed", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        ledger.intend({ ...note, pendingHash: "text-2" });
        expect(ledger.find(target, sourceId)).toEqual({ ...note, pendingHash: "text-2" });
      });

      test("changes nothing when a write is confirmed twice, or was never intended", () => {
        const { ledger } = workspace;
        ledger.confirm(target, "claude:unknown");
        expect(ledger.find(target, "claude:unknown")).toBeUndefined();
        ledger.intend(note);
        ledger.confirm(target, sourceId);
        const once = ledger.find(target, sourceId);
        ledger.confirm(target, sourceId);
        expect(ledger.find(target, sourceId)).toEqual(once);
      });

      test.each(["Kelp.md", "kelp.md", "KELP.MD"])("gives a path that is owned to nobody else, as %s", (path) => {
        const { ledger } = workspace;
        ledger.intend(note);
        expect(ledger.intend({ ...note, sourceId: "claude:2", path })).toBe(false);
        expect(ledger.find(target, "claude:2")).toBeUndefined();
        expect(ledger.ownerOf(target, path)).toBe(sourceId);
        expect(ledger.find(target, sourceId)).toEqual(note);
      });

      test.each([
        ["Übung.md", "üBUNG.md"],
        ["caf\u00e9.md", "cafe\u0301.md"],
        ["straße.md", "STRASSE.md"],
      ])("takes %s and %s for one path", (one, other) => {
        const { ledger } = workspace;
        ledger.intend({ ...note, path: one });
        expect(ledger.ownerOf(target, other)).toBe(sourceId);
        expect(ledger.intend({ ...note, sourceId: "claude:2", path: other })).toBe(false);
      });

      test("says where the output of a source item is, in every folder", () => {
        const { ledger } = workspace;
        expect(ledger.placesOf(sourceId)).toEqual([]);
        ledger.intend(note);
        ledger.intend({ ...note, target: "/other", path: "../vault/Kelp.md" });
        ledger.intend({ ...note, sourceId: "claude:2", path: "Wrack.md" });
        expect(
          ledger
            .placesOf(sourceId)
            .map(({ path }) => path)
            .toSorted(),
        ).toEqual(["../vault/Kelp.md", note.path]);
      });

      test("keeps an existing entry as it is when it asks for a path of another", () => {
        const { ledger } = workspace;
        const other = { ...note, sourceId: "claude:2", path: "Holdfast.md" };
        ledger.intend(note);
        ledger.intend(other);
        expect(ledger.intend({ ...other, path: "Kelp.md", pendingHash: "text-2" })).toBe(false);
        expect(ledger.find(target, "claude:2")).toEqual(other);
      });

      test("lets go of the old path and forgets its hash when an entry moves", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        ledger.confirm(target, sourceId);
        expect(ledger.intend({ ...note, path: "Seaweed.md" })).toBe(true);
        expect(ledger.find(target, sourceId)).toEqual({ ...note, path: "Seaweed.md" });
        expect(ledger.ownerOf(target, "Kelp.md")).toBeUndefined();
        expect(ledger.ownerOf(target, "Seaweed.md")).toBe(sourceId);
      });

      test("keeps folders apart", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        expect(ledger.find("/other", sourceId)).toBeUndefined();
        expect(ledger.intend({ ...note, target: "/other", sourceId: "claude:2" })).toBe(true);
        expect(ledger.ownerOf(target, "Kelp.md")).toBe(sourceId);
        expect(ledger.ownerOf("/other", "Kelp.md")).toBe("claude:2");
      });

      test("tells apart names that look like one when put together", () => {
        const { ledger } = workspace;
        ledger.intend({ ...note, target: "/a", sourceId: "b c" });
        expect(ledger.find("/a b", "c")).toBeUndefined();
        expect(ledger.find('/a","b', "c")).toBeUndefined();
      });
    });

    describe("ledger, for output that the user edited", () => {
      test("remembers which newer content was not written, until something is written again", () => {
        const { ledger } = workspace;
        ledger.intend(note);
        ledger.confirm(target, sourceId);
        const written = ledger.find(target, sourceId);
        ledger.keep(target, sourceId, "content-2");
        ledger.keep(target, sourceId, "content-3");
        expect(ledger.find(target, sourceId)).toEqual({ ...written, keptHash: "content-3" });
        ledger.intend({ ...note, contentHash: "content-4" });
        expect(ledger.find(target, sourceId)).not.toHaveProperty("keptHash");
      });

      test("remembers nothing of a source item that it does not know", () => {
        workspace.ledger.keep(target, "claude:unknown", "content-2");
        expect(workspace.ledger.find(target, "claude:unknown")).toBeUndefined();
      });
    });

    describe("cache", () => {
      test("has nothing under a new key", () => {
        expect(workspace.cache.get("key")).toBeUndefined();
      });

      test("gives back what was set, whatever characters it holds", () => {
        const output = JSON.stringify({ text: "ノート 🌿 \u0000 \n", empty: "" });
        workspace.cache.set("key", "summarise", output);
        expect(workspace.cache.get("key")).toBe(output);
        expect(workspace.cache.get("KEY")).toBeUndefined();
      });

      test("keeps the newest of two answers", () => {
        workspace.cache.set("key", "summarise", "1");
        workspace.cache.set("key", "summarise", "2");
        expect(workspace.cache.get("key")).toBe("2");
      });
    });

    describe("cached answers", () => {
      const keep = (at: string, key: string, step: string, output: string): void => {
        now = Date.parse(at);
        workspace.cache.set(key, step, output);
      };
      beforeEach(() => {
        keep("2026-01-01T00:00:00.000Z", "a", "summarise", '"1"');
        keep("2026-01-03T00:00:00.000Z", "b", "summarise", '"海"');
        keep("2026-01-02T00:00:00.000Z", "c", "extract", "{}");
      });

      test("are counted by step, with their bytes and times", () => {
        expect(workspace.cache.steps()).toEqual([
          {
            step: "extract",
            answers: 1,
            bytes: 2,
            oldestAt: "2026-01-02T00:00:00.000Z",
            newestAt: "2026-01-02T00:00:00.000Z",
          },
          {
            step: "summarise",
            answers: 2,
            bytes: 8,
            oldestAt: "2026-01-01T00:00:00.000Z",
            newestAt: "2026-01-03T00:00:00.000Z",
          },
        ]);
      });

      test.each([
        ["all", {}, { answers: 3, bytes: 10 }],
        ["old", { before: new Date("2026-01-02T12:00:00Z") }, { answers: 2, bytes: 5 }],
        ["of one step", { step: "summarise" }, { answers: 2, bytes: 8 }],
        ["old and of one step", { before: new Date("2026-01-02"), step: "summarise" }, { answers: 1, bytes: 3 }],
        ["exactly as old as asked for", { before: new Date("2026-01-01") }, { answers: 0, bytes: 0 }],
        ["of a step that there is not", { step: "nothing" }, { answers: 0, bytes: 0 }],
      ])("are measured and removed: %s", (_, query, size) => {
        expect(workspace.cache.measure(query)).toEqual(size);
        expect(workspace.cache.prune(query)).toEqual(size);
        expect(workspace.cache.measure(query)).toEqual({ answers: 0, bytes: 0 });
        expect(workspace.cache.measure({}).answers).toBe(3 - size.answers);
      });

      test("are removed without those that came between", () => {
        for (let n = 0; n < 1100; n += 1) keep(`2026-0${1 + (n % 2)}-05T00:00:00.000Z`, `many ${n}`, "many", "x");
        expect(workspace.cache.prune({ step: "many", before: new Date("2026-02-01") })).toEqual({
          answers: 550,
          bytes: 550,
        });
        expect(workspace.cache.measure({})).toEqual({ answers: 553, bytes: 560 });
        expect(workspace.cache.get("many 0")).toBeUndefined();
        expect(workspace.cache.get("many 1")).toBe("x");
      });
    });

    test("can be closed twice, and disposed of", async () => {
      workspace.close();
      expect(() => workspace.close()).not.toThrow();
      await expect(workspace[Symbol.asyncDispose]()).resolves.toBeUndefined();
    });
  });
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function openInNewFolder(options: WorkspaceOptions): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-workspace-"));
  folders.push(folder);
  return openWorkspace(folder, options);
}

describeWorkspace("workspace in memory", memoryWorkspace);
describeWorkspace("workspace on disk", openInNewFolder);
