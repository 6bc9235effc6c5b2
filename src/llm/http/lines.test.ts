import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeLines } from "./lines.ts";

async function* piecesOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i += 1) yield bytes.subarray(places[i - 1], places[i]);
}

const decode = (text: string, cuts: readonly number[] = []): Promise<string[]> =>
  Array.fromAsync(decodeLines(piecesOf(new TextEncoder().encode(text), cuts)));

describe("decodeLines", () => {
  it("gives the same lines wherever the bytes are cut", async () => {
    const line = fc.json().map((json) => json.replaceAll("\n", " "));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(400)), fc.boolean(), async (lines, cuts, ended) => {
        const text = lines.join("\n") + (ended ? "\n" : "");
        const inside = cuts.map((cut) => Math.min(cut, Buffer.byteLength(text)));
        expect(await decode(text, inside)).toEqual(lines);
      }),
    );
  });

  it("gives up on a line without end, and takes long ones that have one", async () => {
    const bytes = new TextEncoder().encode(`${"a".repeat(90)}\n${"b".repeat(200)}`);
    const cuts = Array.from({ length: 29 }, (_, n) => 10 * n);
    const lines: string[] = [];
    const read = async (): Promise<void> => {
      for await (const line of decodeLines(piecesOf(bytes, cuts), 100)) lines.push(line);
    };
    await expect(read()).rejects.toMatchObject({ kind: "transient", message: expect.stringContaining("does not end") });
    expect(lines).toEqual(["a".repeat(90)]);
  });

  it("puts characters together that are cut at any byte", async () => {
    const text = '{"content":"猫 👩‍💻 é"}\n{"done":true}\n';
    const bytes = Buffer.byteLength(text);
    for (let cut = 0; cut <= bytes; cut += 1) {
      expect(await decode(text, [cut])).toEqual(['{"content":"猫 👩‍💻 é"}', '{"done":true}']);
    }
  });

  it("leaves out empty lines and takes a last line without its break", async () => {
    expect(await decode("a\n\n \r\nb")).toEqual(["a", "b"]);
    expect(await decode("")).toEqual([]);
  });

  it("gives a line as soon as it is whole", async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("first\nsec");
      throw new Error("broken");
    }
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of decodeLines(slow())) lines.push(line);
    })();
    await expect(reading).rejects.toThrow("broken");
    expect(lines).toEqual(["first"]);
  });
});
