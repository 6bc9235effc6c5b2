import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Drift, countDrift, driftName } from "./drift.ts";
import { driftMetadata } from "./item-drift.ts";

const driftOf = (contentTypes: Drift["contentTypes"]): Drift => ({ ...countDrift([]), contentTypes });

describe("what an item keeps of the unknown", () => {
  it("is nothing when all was known", () => {
    expect(driftMetadata("claude", undefined, {})).toEqual({});
    expect(driftMetadata("claude", driftOf({}), { type: "text" })).toEqual({});
  });

  it("is the counts, and the types of the fields of each unknown block, however deep it stands", () => {
    const element = {
      a: [{ content: { type: "hologram", depth: 1 } }, { content_type: "hologram", depth: "deep", on: [true] }],
      b: { type: "text", text: "known" },
    };
    const drift = { ...driftOf({ hologram: 2 }), roles: { robot: 1 } };
    expect(driftMetadata("chatgpt", drift, element)).toEqual({
      drift: {
        service: "chatgpt",
        contentTypes: { hologram: 2 },
        roles: { robot: 1 },
        recipients: {},
        fields: {},
        shapes: { hologram: { type: "string", content_type: "string", depth: "number or string", on: "array" } },
      },
    });
  });

  it("holds no value of a block, and no name that could be a text", () => {
    const secret = fc.string({ unit: "grapheme" }).map((text) => `kelp ${text} secret`);
    const block = fc
      .tuple(fc.oneof(secret, fc.constant("hologram")), fc.dictionary(secret, fc.oneof(secret, fc.jsonValue())))
      .map(([type, fields]) => ({ ...fields, type }));
    fc.assert(
      fc.property(fc.array(block), (blocks) => {
        const counts = Object.fromEntries(blocks.map(({ type }) => [driftName(type), 1]));
        expect(JSON.stringify(driftMetadata("claude", driftOf(counts), { blocks }))).not.toContain("secret");
      }),
    );
  });

  it("stays small, however many types and fields there are", () => {
    const names = Array.from({ length: 500 }, (_, n) => `a${n}`);
    const fields = Object.fromEntries(names.map((name) => [name, 1]));
    const blocks = names.map((type) => ({ ...fields, type }));
    const kept = driftMetadata("claude", driftOf(fields), { blocks });
    const { shapes } = kept["drift"] as { shapes: Readonly<Record<string, object>> };
    expect(Object.keys(shapes)).toHaveLength(50);
    expect(Object.keys(shapes["a0"] ?? {})).toHaveLength(50);
  });

  it("comes to its end on a block that is deeper than any export", () => {
    const deep = Array.from({ length: 5_000 }).reduce<object>((inner) => ({ inner }), { type: "hologram" });
    expect(driftMetadata("claude", driftOf({ hologram: 1 }), { deep })).toMatchObject({
      drift: { shapes: { hologram: {} } },
    });
  });
});
