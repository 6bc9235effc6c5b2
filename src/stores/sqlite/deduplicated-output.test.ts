import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { leaveOut, putBack, worthLeavingOut } from "./deduplicated-output.ts";

describe("an output that is kept without its item's content", () => {
  it("is shorter by the content and comes back as it was, whatever stands around it", () => {
    const long = string({ minLength: 300, unit: "grapheme" });
    assert(
      property(long, string({ unit: "grapheme" }), string({ unit: "grapheme" }), (text, before, after) => {
        const content = worthLeavingOut(JSON.stringify({ text })) ?? "";
        const output = `${before}${content}${after}`;
        const { text: kept, contentAt } = leaveOut(output, content);
        expect(kept).toHaveLength(output.length - content.length);
        expect(putBack(kept ?? "", { contentAt, content })).toBe(output);
      }),
    );
  });

  it("is whole when the content is not in it, is short, or is none", () => {
    expect(leaveOut("rock", "k".repeat(300))).toEqual({ text: "rock", contentAt: null });
    expect(leaveOut("[kelp]", worthLeavingOut("kelp"))).toEqual({ text: "[kelp]", contentAt: null });
    expect(leaveOut("kelp", worthLeavingOut(null))).toEqual({ text: "kelp", contentAt: null });
    expect(leaveOut(null, "kelp")).toEqual({ text: null, contentAt: null });
    expect(putBack("kelp", { contentAt: null, content: "rock" })).toBe("kelp");
  });
});
