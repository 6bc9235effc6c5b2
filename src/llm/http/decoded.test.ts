import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decoded } from "./decoded.ts";
import { readAll } from "./read-all.ts";

/** A body in pieces, which tells whether it was left, and may end in an error. */
function bodyOf(bytes: Uint8Array, { size = 7, error }: { readonly size?: number; readonly error?: Error } = {}) {
  const state = { isLeft: false };
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      if (error) throw error;
    } finally {
      state.isLeft = true;
    }
  }
  return { body: pieces(), state };
}

const TEXT = "Kelp 猫 grips rock. ".repeat(200);

describe("a body", () => {
  it.each([
    ["gzip", gzipSync],
    ["X-GZIP", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    [undefined, (text: string) => Buffer.from(text)],
    ["identity", (text: string) => Buffer.from(text)],
  ])("of the encoding %s is read as it was meant", async (encoding, encode) => {
    const { body } = bodyOf(encode(TEXT));
    expect(await readAll({ body: decoded(body, encoding) })).toBe(TEXT);
  });

  it("that breaks says why, and one that is cut or none of its encoding is an error", async () => {
    const broken = bodyOf(gzipSync(TEXT).subarray(0, 40), { error: new Error("the connection broke") });
    await expect(readAll({ body: decoded(broken.body, "gzip") })).rejects.toThrow("the connection broke");
    await expect(readAll({ body: decoded(bodyOf(gzipSync(TEXT).subarray(0, 40)).body, "gzip") })).rejects.toThrow();
    await expect(readAll({ body: decoded(bodyOf(Buffer.from(TEXT)).body, "gzip") })).rejects.toThrow();
  });

  it("is left when its reader leaves", async () => {
    const { body, state } = bodyOf(gzipSync(TEXT));
    for await (const _chunk of decoded(body, "gzip")) break;
    expect(state.isLeft).toBe(true);
  });
});
