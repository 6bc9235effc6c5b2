import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idempotencyKeyOf, type CallParts } from "./idempotency-key.ts";

const CALL: CallParts = { identity: "0f".repeat(16), phase: "p", itemId: "a/1", step: "s", generation: 1, refused: 0 };

describe("idempotencyKeyOf", () => {
  it.each<[string, Partial<CallParts>]>([
    ["of another session", { identity: "0e".repeat(16) }],
    ["of another phase", { phase: "q" }],
    ["of another item", { itemId: "a/2" }],
    ["of another step", { step: "t" }],
    ["of an item that is done again on purpose", { generation: 2 }],
    ["that complains about the last answer", { refused: 1 }],
    ["whose parts are other parts of the same text", { itemId: "a", step: "1/s" }],
  ])("gives a call %s another key", (_, other) => {
    expect(idempotencyKeyOf({ ...CALL, ...other })).not.toBe(idempotencyKeyOf(CALL));
  });

  it("gives each repetition of a call the same key", () => {
    expect(idempotencyKeyOf({ ...CALL })).toBe(idempotencyKeyOf(CALL));
  });

  it("is a UUID of version 8, whatever the item is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (itemId, refused) => {
        expect(idempotencyKeyOf({ ...CALL, itemId, refused })).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });
});
