import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openItemReports, openSessionReports, openSessionStore } from "./index.ts";

const ITEMS = 400;

/** A whole `state.db` of some hundred pages, without a log beside it. */
async function wholeFile(): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-damage-")), "state.db");
  await using store = openSessionStore(file);
  await store.beginRun();
  const base = { phase: "work", readBy: "list", sourcePath: "list", metadata: {}, status: "pending" } as const;
  await Promise.all(
    Array.from({ length: ITEMS }, (_, n) => store.addItem({ ...base, itemId: `i${n}`, content: "kelp ".repeat(200) })),
  );
  return file;
}

/** Every page but the first, so that the file opens well. */
function spoilPages(file: string): void {
  for (const end of ["-wal", "-shm"]) rmSync(file + end, { force: true });
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, 4096));
}

const USES: readonly (readonly [name: string, use: (file: string) => Promise<unknown>])[] = [
  [
    "a report",
    async (file) => {
      await using reports = openSessionReports(file);
      return reports.counts("work");
    },
  ],
  [
    "a list of failed items",
    async (file) => {
      await using reports = openItemReports(file);
      return [...reports.failedItems()];
    },
  ],
  [
    "an item",
    async (file) => {
      await using reports = openItemReports(file);
      return reports.item({ phase: "work", itemId: "i7" });
    },
  ],
  [
    "pending items",
    async (file) => {
      await using store = openSessionStore(file);
      return store.pendingItems("work", 0, 10);
    },
  ],
  [
    "the beginning of a run",
    async (file) => {
      await using store = openSessionStore(file);
      return await store.beginRun();
    },
  ],
];

describe("a database whose pages are damaged", () => {
  it.each(USES)("is named by %s, and what to do", async (_, use) => {
    const file = await wholeFile();
    spoilPages(file);
    await expect(use(file)).rejects.toMatchObject({
      code: "session_damaged",
      message: expect.stringContaining(file),
      hint: expect.stringContaining("Restore this file from a backup, or start a new session"),
    });
  });
});
