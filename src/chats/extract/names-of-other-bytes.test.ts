import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DisposalStack } from "../../core/base/index.ts";
import type { Source, SourceRecord } from "../../core/pipeline/index.ts";
import { readMarkdown } from "./markdown/index.ts";
import { readNotes } from "./notes/index.ts";

const inLatin1 = (...parts: readonly string[]): Buffer => Buffer.from(join(...parts), "latin1");

/** A folder with a note that has a good name, one that has not, and one in a folder that has not. */
function folderOfNotes(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-names-"));
  const text = "# Kelp\n\nIt grips rock.\n";
  writeFileSync(join(folder, "kelp.md"), text);
  writeFileSync(inLatin1(folder, "caf\u00e9.md"), text);
  mkdirSync(inLatin1(folder, "sp\u00e4ter"));
  writeFileSync(inLatin1(folder, "sp\u00e4ter", "rock.md"), text);
  return folder;
}

async function recordsOf(source: Source<unknown>): Promise<readonly SourceRecord<unknown>[]> {
  const signal = new AbortController().signal;
  await source.check({ signal });
  const records: SourceRecord<unknown>[] = [];
  for await (const record of source.read({ signal })) records.push(record);
  return records.filter(({ kind }) => kind !== "total");
}

const SOURCES: readonly (readonly [name: string, make: (folder: string) => Source<unknown>])[] = [
  ["readNotes", readNotes],
  ["readMarkdown", readMarkdown],
];

// Other systems allow no such names.
describe.runIf(process.platform === "linux")("a name of bytes that are not UTF-8", () => {
  it.each(SOURCES)("fails that file of %s alone, and its folder is named as left out", async (_, make) => {
    const folder = folderOfNotes();
    await using cleanUp = new DisposalStack();
    cleanUp.defer(() => rmSync(folder, { recursive: true }));
    const records = await recordsOf(make(folder));
    expect(records).toHaveLength(3);
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "item", sourcePath: expect.stringMatching(/kelp\.md$/) }),
        expect.objectContaining({
          kind: "broken",
          error: expect.objectContaining({ message: expect.stringContaining("its name is not text in UTF-8") }),
        }),
        expect.objectContaining({ kind: "skipped", reason: "a folder that cannot be read" }),
      ]),
    );
  });
});
