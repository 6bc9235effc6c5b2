import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DisposalStack } from "../../core/base/index.ts";
import { openWorkspace, type Workspace } from "./index.ts";

const GONE: readonly (readonly [name: string, happens: (folder: string, file: string) => void])[] = [
  ["removed", (_, file) => rmSync(file)],
  ["removed with its folder", (folder) => rmSync(folder, { recursive: true })],
  ["moved away", (_, file) => renameSync(file, `${file}.old`)],
  [
    "replaced by an empty one",
    (_, file) => {
      rmSync(file);
      writeFileSync(file, "");
    },
  ],
  [
    "replaced by a copy",
    (_, file) => {
      copyFileSync(file, `${file}.copy`);
      renameSync(`${file}.copy`, file);
    },
  ],
];

const USES: readonly (readonly [name: string, use: (workspace: Workspace) => unknown])[] = [
  ["keep an answer", ({ cache }) => cache.set("key", "step", "answer")],
  ["look for an answer", ({ cache }) => cache.get("key")],
  [
    "record a note",
    ({ ledger }) => ledger.intend({ target: "t", sourceId: "s", contentHash: "c", path: "p", pendingHash: "h" }),
  ],
];

describe.each(GONE)("a workspace that was %s while it is open", (_, happens) => {
  it.each(USES)("says so to who wants to %s", async (_, use) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-gone-"));
    await using cleanUp = new DisposalStack();
    cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
    const workspace = openWorkspace(folder);
    cleanUp.defer(() => workspace.close());
    use(workspace);
    happens(folder, join(folder, "workspace.db"));
    expect(() => use(workspace)).toThrow(
      expect.objectContaining({ code: "write_failed", message: expect.stringContaining("removed or replaced") }),
    );
  });
});
