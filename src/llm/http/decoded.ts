import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** What has come is given at once: the events of an answer that is still being written must not wait for the next ones. */
const AT_ONCE = { flush: constants.Z_SYNC_FLUSH };

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(AT_ONCE),
  "x-gzip": () => createGunzip(AT_ONCE),
  deflate: () => createInflate(AT_ONCE),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
};

/**
 * A body as its server meant it. We ask for no encoding, and some gateways compress all the same. An unknown encoding is left
 * as it is. A reader may leave it early at any time: it waits for nothing that is still to come.
 */
export function decoded(res: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = (res.headers["content-encoding"] ?? "").trim().toLowerCase();
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
  if (decoder === undefined) return res.iterator({ destroyOnReturn: false });
  // A pipe passes no errors on.
  res.once("error", (error) => decoder.destroy(error));
  return res.pipe(decoder);
}
