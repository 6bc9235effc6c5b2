import { randomFillSync } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

const IMAGE_BYTES = 4_000_000;

/** Packs chats with as many random bytes, as images are, that the zip has so many bytes. */
export async function zipWithImages(
  path: string,
  { chats, bytes }: { readonly chats: string; readonly bytes: number },
): Promise<void> {
  const zip = new ZipFile();
  const image = Buffer.alloc(IMAGE_BYTES);
  for (let number = 0; number * IMAGE_BYTES < bytes; number++) {
    const open = (give: (error: null, stream: Readable) => void): void => {
      randomFillSync(image);
      give(null, Readable.from([Buffer.from(image)]));
    };
    const name = `file-${String(number).padStart(6, "0")}.png`;
    zip.addReadStreamLazy(name, { compress: false, size: IMAGE_BYTES }, open);
  }
  zip.addReadStream(createReadStream(chats), "conversations.json");
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
