import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "../../../stages/extract/input/json-fields.ts";
import { messagePaths } from "./message-paths.ts";

const ROOT = "00000000-0000-4000-8000-000000000000";

/** `b<a` is the message b whose parent is a; `b` alone names no parent. Written one after the other, a second apart. */
const messages = (...drawn: readonly string[]): Fields[] =>
  drawn.map((text, second) => {
    const [uuid, parent] = text.split("<");
    const created_at = new Date(second * 1000).toISOString();
    return parent === undefined ? { uuid, created_at } : { uuid, created_at, parent_message_uuid: parent };
  });

const names = (chat: readonly Fields[], leafId = ""): string =>
  messagePaths(chat, leafId)
    .current.map(({ fields }) => fields["uuid"])
    .join("");

describe("the current path", () => {
  it.each<[string, readonly string[], string, string]>([
    ["is every message where none names a parent, whatever the leaf", ["a", "b", "c"], "b", "abc"],
    ["goes through the parents", [`a<${ROOT}`, "b<a", "c<b"], "", "abc"],
    ["ends in the given leaf", [`a<${ROOT}`, "b<a", "c<a", "d<c"], "b", "ab"],
    ["ends in the newest leaf without one", [`a<${ROOT}`, "b<a", "c<a", "d<c"], "", "acd"],
    ["ends in the newest leaf when the given one is not there", [`a<${ROOT}`, "b<a", "c<a"], "gone", "ac"],
    ["begins again where the first question was edited", [`a<${ROOT}`, "b<a", `c<${ROOT}`, "d<c"], "", "cd"],
    ["goes on with the message before one whose parent is lost", [`a<${ROOT}`, "b<a", "d<lost", "e<d"], "", "abde"],
    ["goes on with the messages before parents were written down", ["a", "b", "c<b"], "", "abc"],
    ["ends where a cycle closes", ["a<c", "b<a", "c<b"], "", "abc"],
    ["ends at a message that is its own parent", ["a<a", "b<a"], "", "ab"],
    ["of no messages is empty", [], "", ""],
  ])("%s", (_name, drawn, leaf, branch) => {
    expect(names(messages(...drawn), leaf)).toBe(branch);
  });

  it("ends in the later one of two leaves of the same time", () => {
    const chat = messages(`a<${ROOT}`, "b<a", "c<a").map(({ uuid, parent_message_uuid }) => ({
      uuid,
      parent_message_uuid,
      created_at: "2025-01-01",
    }));
    expect(names(chat)).toBe("ac");
  });

  it("takes a parent that is null for the beginning", () => {
    const [a, b, ...rest] = messages("a", "b", "c<b");
    expect(names([a!, { ...b, parent_message_uuid: null }, ...rest])).toBe("bc");
  });

  it("leaves the other answers to the other branches", () => {
    const { others } = messagePaths(messages(`a<${ROOT}`, "b<a", "c<a", "d<a", "e<b"), "");
    expect(others.map(({ fork, nodes }) => [fork?.fields["uuid"], nodes.map(({ fields }) => fields["uuid"])])).toEqual([
      ["a", ["c"]],
      ["a", ["d"]],
    ]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ["of a parent that is lost", [`a<${ROOT}`, "b<a", "d<lost"], ["orphan"]],
    ["of a cycle", ["a<c", "b<a", "c<b"], ["cycle"]],
    ["of nothing in an older export", ["a", "b"], []],
    ["of nothing in a newer one", [`a<${ROOT}`, "b<a"], []],
    ["of nothing when all parents are lost, as none is there to follow", ["a<x", "b<y"], []],
  ])("warns %s", (_name, drawn, warnings) => {
    expect(messagePaths(messages(...drawn), "").warnings).toEqual(warnings);
  });

  it("ends and repeats no message, whatever the parents are", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e", ROOT, null, 7, undefined);
    const message = fc.record({
      uuid: id,
      parent_message_uuid: id,
      created_at: fc.constantFrom("2025-01-01", "2025-01-02", 3),
    });
    fc.assert(
      fc.property(fc.array(message), fc.string(), (chat, leaf) => {
        const { current, others } = messagePaths(chat, leaf);
        expect(current.length > 0).toBe(chat.length > 0);
        const all = [...current, ...others.flatMap(({ nodes }) => nodes)].map(({ id }) => Number(id));
        expect(
          all.toSorted((a, b) => a - b),
          "each message is on one path",
        ).toEqual(chat.map((_, place) => place));
      }),
    );
  });
});
