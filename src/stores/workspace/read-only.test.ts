import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openWorkspace } from "./index.ts";

const SCRIPT = join(import.meta.dirname, "fixtures", "read-cache.ts");
/** Root may write anywhere. */
const NOBODY = process.getuid?.() === 0 ? ["65534"] : [];

it.each([
  ["is in use by nobody", false],
  ["is in use by a run", true],
])("a workspace that cannot be written is read all the same, and left as it is: it %s", (_, isOpen) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-read-only-"));
  const workspace = openWorkspace(folder);
  workspace.cache.set("key", "summarise", '"answer"');
  if (!isOpen) workspace.close();
  const before = readdirSync(folder);
  for (const name of before) chmodSync(join(folder, name), 0o444);
  chmodSync(folder, 0o555);
  try {
    const { stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", SCRIPT, folder, ...NOBODY], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ steps: ["summarise 1"], answer: '"answer"' });
    expect(readdirSync(folder)).toEqual(before);
  } finally {
    workspace.close();
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  }
});
