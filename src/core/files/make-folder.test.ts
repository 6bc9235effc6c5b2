import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-make-folder-"));
});
afterEach(() => rmSync(root, { recursive: true }));

test("makes a folder and those above it", async () => {
  await makeFolder(join(root, "a", "b", "c"));
  expect(readdirSync(join(root, "a", "b"))).toEqual(["c"]);
});

test("leaves a folder that is there as it is", async () => {
  writeFileSync(join(root, "file"), "");
  await makeFolder(root);
  expect(readdirSync(root)).toEqual(["file"]);
});

test("makes one folder when it is asked many times at once", async () => {
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(join(root, "a", "b"))));
  expect(readdirSync(root)).toEqual(["a"]);
});

test.each([
  ["file", "it is a file"],
  ["file/sub", 'file" is a file'],
])("says that a file is in the way of %s", async (name, says) => {
  writeFileSync(join(root, "file"), "");
  const path = join(root, name);
  await expect(makeFolder(path)).rejects.toMatchObject({
    code: "write_failed",
    message: expect.stringMatching(new RegExp(`${path}".*${says}`)),
  });
});

test("gives up where no folder can be made, even by root", async () => {
  await expect(makeFolder("/proc/holdfast/notes")).rejects.toMatchObject({ code: "write_failed" });
});
