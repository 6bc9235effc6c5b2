import { copyFileSync, cpSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { holdfast, newProject, root, sessionIdIn } from "./holdfast.ts";

/** The keys of the calls since the line `from`, and how many lines there are. */
function keysIn(cwd: string, from = 0): readonly string[] {
  const lines = readFileSync(join(cwd, "keys.txt"), "utf8").trim().split("\n");
  return lines.slice(from).map((line) => line.split(" ")[1] ?? "");
}

it("a moved project goes on under the same keys, and a copy of it under keys of its own, which it says", async () => {
  const cwd = newProject();
  copyFileSync(join(root, "test/cli/fixtures/layouts/pipeline.ts"), join(cwd, "pipeline.ts"));
  const stopped = await holdfast(["run", "pipeline.ts", "--window", "1"], { cwd });
  const id = sessionIdIn(stopped);
  const [underWay = "", ...before] = keysIn(cwd).toReversed();
  writeFileSync(join(cwd, "up"), "");

  // The workspace with what the API knows: the pipeline's file stays where it is.
  const copy = newProject();
  cpSync(join(cwd, ".holdfast"), join(copy, ".holdfast"), { recursive: true });
  const at = join(cwd, "moved");
  renameSync(join(cwd, ".holdfast"), at);

  const copied = await holdfast(["resume", id, "--workspace", join(copy, ".holdfast")], { cwd: copy });
  expect(copied.stdout + copied.stderr).toContain("This session is a copy of the one that ran in");
  const ofCopy = keysIn(cwd, before.length + 1);
  const moved = await holdfast(["resume", id, "--workspace", at], { cwd });
  expect(moved.stdout + moved.stderr).not.toContain("is a copy");
  const ofMoved = keysIn(cwd, before.length + 1 + ofCopy.length);

  expect(ofMoved).toContain(underWay);
  expect(ofCopy).toHaveLength(ofMoved.length);
  expect(new Set([...before, ...ofCopy, ...ofMoved]).size).toBe(before.length + ofCopy.length + ofMoved.length);
});
