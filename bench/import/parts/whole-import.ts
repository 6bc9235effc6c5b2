import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../child.ts";
import { writeChats } from "../generate-chats.ts";

export interface WholeImport {
  readonly bytes: number;
  readonly chats: number;
  readonly notes: number;
  readonly seconds: number;
  readonly maxRssBytes: number;
}

/** Runs the built `holdfast import` with the extractive engine over a generated export. */
export async function importWhole(folder: string, { bytes }: { readonly bytes: number }): Promise<WholeImport> {
  const chats = join(folder, "chats.json");
  const out = join(folder, "notes");
  const written = await writeChats(chats, { bytes, chatBytes: 25_000 });
  const printed = await run([join(import.meta.dirname, "../children/import.ts"), chats, out], folder);
  const { chats: count, seconds, maxRssBytes } = JSON.parse(printed) as Omit<WholeImport, "bytes" | "notes">;
  return { bytes: written, chats: count, notes: (await readdir(out)).length, seconds, maxRssBytes };
}
