import { array, assert, constantFrom, integer, oneof, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../core/model/token-estimate.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { markBlocks, renderTurns, turnsOf, type Turn } from "../transcript/index.ts";
import { planChunks } from "./plan-chunks.ts";

const words = (count: number): string => "kelp ".repeat(count).trim();

describe("planChunks", () => {
  it("keeps messages whole while they fit", () => {
    const messages = [message("user", words(40)), message("assistant", words(40)), message("user", words(40))];
    const chunks = planChunks(conversationWith({ messages }), 130, estimateTokens);
    expect(chunks.map((turns) => turns.map(({ heading }) => heading))).toEqual([["User", "Assistant"], ["User"]]);
  });

  it("cuts a message that does not fit, and says that it goes on", () => {
    const messages = [message("user", `${words(60)}\n\n${words(60)}`)];
    const chunks = planChunks(conversationWith({ messages }), 100, estimateTokens);
    expect(chunks).toEqual([
      [{ heading: "User", text: `${words(60)}\n\n` }],
      [{ heading: "User", text: words(60), continued: true }],
    ]);
  });

  it("fills each chunk of a long message to its budget and no further, by the tokenizer that it is given", () => {
    const oneACharacter = (text: string): number => text.length;
    const conversation = conversationWith({ messages: [message("user", "x".repeat(200))] });
    const chunks = planChunks(conversation, 60, oneACharacter);
    expect(chunks.map((turns) => turns.map(({ text }) => text.length))).toEqual([[40], [40], [40], [40], [40]]);
    // The blank line between two turns counts as two.
    expect(chunks.slice(1).map((turns) => renderTurns(turns).length + 2)).toEqual([60, 60, 60, 60]);
  });

  it("never cuts code: it is a marker by then", () => {
    const code = `\`\`\`python\n${"print(1)\n".repeat(500)}\`\`\``;
    const messages = [message("user", "Look:"), message("assistant", `Here:\n\n${code}\n\nDone.`)];
    const chunks = planChunks(conversationWith({ messages }), 60, estimateTokens);
    expect(chunks).toHaveLength(1);
    expect(renderTurns(chunks[0] ?? [])).toContain("**code-1** (python, 500 lines, print1)");
  });

  it("gives one chunk for a conversation without a word", () => {
    expect(planChunks(conversationWith({ messages: [] }), 100, estimateTokens)).toEqual([[]]);
  });

  it("never exceeds the budget, and together the chunks hold everything in order", () => {
    const piece = oneof(
      string({ unit: "binary", maxLength: 200 }),
      constantFrom(
        "\n\n",
        "```sh\nls\n```\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "日本語の文。".repeat(20),
        words(90),
      ),
    );
    const said = record({
      role: constantFrom("user" as const, "assistant" as const),
      text: array(piece, { maxLength: 5 }).map((pieces) => pieces.join("\n")),
    });
    assert(
      property(array(said, { maxLength: 8 }), integer({ min: 80, max: 400 }), (all, budget) => {
        const conversation = conversationWith({ messages: all.map(({ role, text }) => message(role, text)) });
        const chunks = planChunks(conversation, budget, estimateTokens);
        for (const chunk of chunks) expect(estimateTokens(renderTurns(chunk))).toBeLessThanOrEqual(budget);
        expect(rejoined(chunks.flat())).toEqual(markBlocks(turnsOf(conversation)).turns);
      }),
    );
  });
});

/** Turns with those that were cut put together again. */
function rejoined(turns: readonly Turn[]): readonly Turn[] {
  return turns.reduce<Turn[]>((whole, { heading, text, continued }) => {
    const last = whole.at(-1);
    if (continued !== true || last === undefined) return [...whole, { heading, text }];
    return [...whole.slice(0, -1), { heading, text: last.text + text }];
  }, []);
}
