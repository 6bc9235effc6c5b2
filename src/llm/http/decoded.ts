import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createUnzip } from "node:zlib";

const DECODERS = new Map([
  ["gzip", createUnzip],
  ["x-gzip", createUnzip],
  ["deflate", createUnzip],
  ["br", createBrotliDecompress],
]);

/**
 * A body as its server meant it. We ask for no encoding, and some gateways compress all the same. An unknown encoding is left
 * as it is. Leaving it early leaves `body` early.
 */
export function decoded(body: AsyncIterable<Uint8Array>, encoding: unknown): AsyncIterable<Uint8Array> {
  const decoder = typeof encoding === "string" ? DECODERS.get(encoding.trim().toLowerCase()) : undefined;
  return decoder === undefined ? body : through(body, decoder());
}

async function* through(
  body: AsyncIterable<Uint8Array>,
  decoder: ReturnType<typeof createUnzip>,
): AsyncGenerator<Uint8Array, void, undefined> {
  // What goes wrong with the body is thrown where the decoder is read.
  const feeding = pipeline(body, decoder).catch(() => {});
  try {
    for await (const chunk of decoder) yield chunk as Uint8Array;
  } finally {
    decoder.destroy();
    await feeding;
  }
}
