import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { findBlocks } from "./find-blocks.ts";
import { markBlocks, type MarkedTurns } from "./mark-blocks.ts";
import { restoreBlocks } from "./restore-blocks.ts";
import { runs } from "../../../../test/runs.ts";

const CODE = "```python\nprint(1)\n```";
const TABLE = "| a | b |\n|---|---|\n| 1 | 2 |";

const mark = (...texts: readonly string[]): MarkedTurns => markBlocks(texts.map((text) => ({ heading: "User", text })));

describe("markBlocks", () => {
  it("puts a marker with a hint in place of code and tables, and leaves inline code", () => {
    const { turns, blocks } = mark(`Run \`ls\`:\n\n${CODE}\n\nThen:\n\n${TABLE}\n\nDone.`);
    expect(turns[0]?.text).toBe(
      "Run `ls`:\n\n**code-1** (python, 1 line, print1)\n\nThen:\n\n**table-1** (1 line, | a | b |)\n\nDone.",
    );
    expect(blocks.map(({ text }) => text)).toEqual([CODE, TABLE]);
  });

  it("gives the same block the same marker, and a block that never closes a whole one", () => {
    const { turns, blocks } = mark(CODE, `Again:\n${CODE}`, "```\nopen");
    expect(turns[1]?.text).toContain("**code-1**");
    expect(turns[2]?.text).toContain("**code-2**");
    expect(blocks).toHaveLength(2);
  });

  it.each([
    ["exit code 1 is bad", "code-block-1"],
    ["see **code-1** and code-block-2", "code-item-1"],
    ["Table 2", "code-block-1"],
  ])("chooses other words when the chat uses its own: %j", (said, marker) => {
    const { turns } = mark(said, CODE);
    expect(turns[1]?.text).toContain(`**${marker}** (`);
    expect(restoreBlocks(said, mark(said, CODE)).text).toBe(said);
  });
});

describe("restoreBlocks", () => {
  const marked = mark(CODE, TABLE);

  it.each([
    "**code-1**",
    "code-1",
    "**Code 1**",
    "**code-01**",
    "`code-1`",
    "[code-1]",
    "**CODE_1**:",
    "- **code-1**",
    "1. **code-1**",
    "**code–1**",
    "**code-1** (python, 1 line, print1)",
    "**code-1** (the script)",
    "```\n**code-1**\n```",
    "```python\ncode-1\n```",
  ])("recognises %j", (marker) => {
    expect(restoreBlocks(`Before.\n\n${marker}\n\nAfter.`, marked)).toEqual({
      text: `Before.\n\n${CODE}\n\nAfter.`,
      dropped: [marked.blocks[1]],
    });
  });

  it("puts the block of a marker within a sentence below the line, once", () => {
    expect(restoreBlocks("Use **code-1** here.\nAnd **code-1** there.", marked).text).toBe(
      `Use code 1 here.\n\n${CODE}\nAnd code 1 there.`,
    );
  });

  it("puts blank lines around a block when it is told to", () => {
    expect(restoreBlocks("- One\n**table-1**\n**code-1**\n\nTwo", marked, { apart: true }).text).toBe(
      `- One\n\n${TABLE}\n\n${CODE}\n\nTwo`,
    );
  });

  it("goes as deep as its marker", () => {
    expect(restoreBlocks("- Run:\n  **code-1**", marked).text).toBe("- Run:\n  ```python\n  print(1)\n  ```");
  });

  it("leaves markers of blocks that do not exist, and says what was dropped", () => {
    const { text, dropped } = restoreBlocks("See **code-9**.", marked);
    expect(text).toBe("See **code-9**.");
    expect(dropped).toEqual(marked.blocks);
  });
});

describe("blocks of any text", () => {
  const line = oneof(
    string({ unit: "binary", maxLength: 20 }),
    constantFrom(
      "```",
      "```js",
      "~~~",
      "````",
      "  ```",
      "| a | b |",
      "|---|---|",
      "| 1 |",
      "**code-1**",
      "exit code 1",
      "",
    ),
    constantFrom("table 2", "code-block-1", "**code-item-1** (x)", "text", "- item", "code-part-3", "(python, 1 line)"),
  );
  const text = array(line, { maxLength: 25 }).map((lines) => lines.join("\n"));

  it("are the text again when they are put together", () => {
    assert(
      property(text, (whole) => {
        expect(
          findBlocks(whole)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(whole);
      }),
    );
  });

  it("come back exactly to where their markers stand", () => {
    assert(
      property(text, (whole) => {
        const marked = mark(whole);
        const restored = restoreBlocks(marked.turns[0]?.text ?? "", marked);
        expect(restored.text).toBe(whole);
        expect(restored.dropped).toEqual([]);
      }),
      { numRuns: runs(500) },
    );
  });
});
