// Writes the notes in test/golden again, to be reviewed in the diff and committed.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ENGINES, EXPORTS, goldenFolder, makeNotes } from "../test/golden/make-notes.ts";

for (const name of EXPORTS) {
  for (const engine of ENGINES) {
    const folder = goldenFolder(name, engine);
    const notes = await makeNotes(name, engine);
    await rm(folder, { recursive: true, force: true });
    for (const [path, text] of notes) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    console.log(`${notes.size} notes of ${name} by ${engine}`);
  }
}
