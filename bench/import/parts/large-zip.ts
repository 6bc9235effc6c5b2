import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readIn, type Reading } from "../child.ts";
import { writeChats } from "../generate-chats.ts";
import { zipWithImages } from "../zip-of-images.ts";

export interface LargeZip extends Reading {
  readonly zipBytes: number;
  /** Of the `conversations.json` in it. */
  readonly chatsBytes: number;
}

/** Reads a zip of images and chats as `holdfast import` does: check, count, read. */
export async function readLargeZip(
  folder: string,
  sizes: { readonly chats: number; readonly images: number },
): Promise<LargeZip> {
  const chats = join(folder, "conversations.json");
  const zip = join(folder, "export.zip");
  const chatsBytes = await writeChats(chats, { bytes: sizes.chats, chatBytes: 25_000 });
  await zipWithImages(zip, { chats, bytes: sizes.images });
  await rm(chats);
  const { size: zipBytes } = await stat(zip);
  return { ...(await readIn("read-chats.ts", zip)), zipBytes, chatsBytes };
}
