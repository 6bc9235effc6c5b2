import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockFolder, lockSession } from "./index.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "holdfast-lock-"));

/** A kind of lock: how it is taken in a folder, and where its note is. */
const KINDS = [
  ["a session", async (folder: string) => lockSession(folder), (folder: string) => join(folder, "owner.json")],
  ["an output folder", (folder: string) => lockFolder(folder, "notes"), outputNote],
] as const;

function outputNote(workspace: string): string {
  const folder = join(workspace, "outputs");
  const [lock = ""] = readdirSync(folder);
  return join(folder, lock.replace(/\.db$/, ".json"));
}

/** Notes that cannot be taken over or say nothing. */
const NOTES = [
  ["is a folder", (file: string) => mkdirSync(join(file, "inside"), { recursive: true })],
  ["is empty", (file: string) => writeFileSync(file, "")],
  ["names a process that is gone", (file: string) => writeFileSync(file, '{"pid":999999999,"host":"","since":""}')],
] as const;

describe.each(KINDS)("the lock of %s", (_, lock, noteOf) => {
  it.each(NOTES)("is taken and given back where its note %s", async (_, spoil) => {
    const folder = newFolder();
    (await lock(folder))[Symbol.dispose]();
    spoil(noteOf(folder));
    for (let n = 0; n < 3; n += 1) {
      const held = await lock(folder);
      await expect(async () => lock(folder)).rejects.toMatchObject({ code: "session_locked" });
      held[Symbol.dispose]();
    }
  });

  it("says how to stop the one that has it", async () => {
    const folder = newFolder();
    using held = await lock(folder);
    if ("name" in held) held.name("20260119_143052");
    await expect(async () => lock(folder)).rejects.toMatchObject({
      hint: { kind: "wait_or_cancel", sessionId: "name" in held ? "20260119_143052" : basename(folder) },
    });
  });
});
