import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryWorkspace, openWorkspace, type Workspace } from "./index.ts";

/** What every workspace keeps to, whatever it is made of. */
function describeWorkspace(name: string, open: () => Workspace): void {
  describe(name, () => {
    let workspace: Workspace;
    beforeEach(() => {
      workspace = open();
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

function openInNewFolder(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-workspace-"));
  folders.push(folder);
  return openWorkspace(folder);
}

describeWorkspace("workspace in memory", memoryWorkspace);
describeWorkspace("workspace on disk", openInNewFolder);
