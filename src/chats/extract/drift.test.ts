import * as fc from "fast-check";
import { expect, it } from "vitest";
import { countDrift, driftName } from "./drift.ts";
import { wrongFields } from "./wrong-fields.ts";

it.each<[unknown, string]>([
  ["super_widget", "super_widget"],
  ["web.run", "web.run"],
  ["image/png", "image/png"],
  [undefined, "(missing)"],
  ["", "(missing)"],
  [null, "(null)"],
  [7, "(number)"],
  [["a"], "(array)"],
  [{ a: 1 }, "(object)"],
  ["my secret is tea", "(not a name)"],
  ["someone@example.org", "(not a name)"],
  ["call_0901234567", "(not a name)"],
  ["a".repeat(41), "(not a name)"],
  ["お茶", "(not a name)"],
])("a type that is %j is named %s", (value, name) => {
  expect(driftName(value)).toBe(name);
});

it("names hold no space, no line and no letter of other scripts, and are short", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()), (value) => {
      expect(driftName(value)).toMatch(/^(\((missing|null|array|object|number|boolean|not a name)\)|[\w.:/-]{1,40})$/);
    }),
  );
});

it("signs are counted by kind and name", () => {
  const signs = [
    { kind: "contentType", name: "smell" },
    { kind: "role", name: "smell" },
    { kind: "contentType", name: "smell" },
    { kind: "contentType", name: "constructor" },
  ] as const;
  expect(countDrift(signs)).toEqual({
    contentTypes: { smell: 2, constructor: 1 },
    roles: { smell: 1 },
    recipients: {},
    fields: {},
  });
});

it("a field of a wrong type is a sign; null and missing ones are none", () => {
  const fields = { a: true, b: null, c: "x", d: [], e: {}, f: 1 };
  const types = {
    a: ["string"],
    b: ["string"],
    c: ["string"],
    d: ["object"],
    e: ["array"],
    f: ["string"],
    g: ["string"],
  } as const;
  expect(wrongFields("message", fields, types).map(({ name }) => name)).toEqual([
    "message.a is a boolean",
    "message.d is an array",
    "message.e is an object",
    "message.f is a number",
  ]);
});
