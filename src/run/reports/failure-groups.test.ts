import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../core/failure/index.ts";
import type { FailedEntry } from "../../core/storage/index.ts";
import { groupFailures } from "./failure-groups.ts";

const failed = (
  itemId: string,
  message: string,
  more: { kind?: FailureKind; hasContent?: boolean } = {},
): FailedEntry => ({
  phase: "import",
  itemId,
  sourcePath: "docs.jsonl",
  failure: { step: "summarise", kind: more.kind ?? "transient", message, folder: `failed/${itemId}` },
  hasContent: more.hasContent ?? true,
});

describe("groupFailures", () => {
  it.each([
    ["numbers", "41,234 tokens are too many", "7 tokens are too many"],
    ["ids", "no chat 0f3c77a1-0000-4000-8000-00000000000a", "no chat 9a3c77a1-0000-4000-8000-00000000000b"],
    ["quoted names", 'Chat "Kelp" is empty', 'Chat "Rock 2" is empty'],
    ["white space", "socket\nhang up", "socket hang up"],
  ])("takes messages that differ in %s for one cause", (_, one, other) => {
    const groups = groupFailures([failed("a", one), failed("b", other)]);
    expect(groups).toMatchObject([{ count: 2, message: one, examples: ["a", "b"], folder: "failed/a" }]);
  });

  it("keeps apart what differs in words, in kind, and in whether it can be tried again", () => {
    const groups = groupFailures([
      failed("a", "reset"),
      failed("b", "timed out"),
      failed("c", "reset", { kind: "answer" }),
      failed("d", "reset", { hasContent: false }),
    ]);
    expect(groups).toHaveLength(4);
  });

  it("puts the largest group first and names three of its items", () => {
    const groups = groupFailures([failed("x", "one"), ...["a", "b", "c", "d"].map((id) => failed(id, "many"))]);
    expect(groups).toMatchObject([
      { message: "many", count: 4, examples: ["a", "b", "c"] },
      { message: "one", count: 1 },
    ]);
  });

  it("counts every item, however many causes there are", () => {
    function* items(): Iterable<FailedEntry> {
      for (let n = 0; n < 3000; n += 1) yield failed(String(n), `cause ${"abcdefghij"[n % 10]}${"k".repeat(n % 1500)}`);
    }
    const groups = groupFailures(items());
    expect(groups.length).toBeLessThanOrEqual(1001);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
  });
});
