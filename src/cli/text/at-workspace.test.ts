import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { atWorkspace } from "./at-workspace.ts";

const from = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-at-")));
mkdirSync(join(from, ".holdfast"));

it.each([
  [".holdfast", ""],
  ["my work", " --workspace 'my work'"],
  ["/elsewhere/.holdfast", " --workspace /elsewhere/.holdfast"],
])("names the workspace %s where a command would not find it", (workspace, flag) => {
  expect(atWorkspace(workspace, from)).toBe(flag);
});
