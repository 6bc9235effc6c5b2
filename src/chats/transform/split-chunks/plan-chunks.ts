import type { Conversation } from "../../conversation.ts";
import { markBlocks, renderTurn, turnsOf, type Turn } from "../transcript/index.ts";
import { splitText, type CountTokens } from "./split-text.ts";

/** The turns of one call, in the order of the conversation. */
export type Chunk = readonly Turn[];

/**
 * Cuts a conversation into chunks of at most `budget` tokens each: between messages, and a message that is longer between
 * its paragraphs, lines or characters. Code and tables are markers by then, so none is ever cut. The chunks do not
 * overlap, and together hold everything; there is at least one.
 */
export function planChunks(
  conversation: Pick<Conversation, "messages" | "artifacts">,
  budget: number,
  countTokens: CountTokens,
): readonly Chunk[] {
  return chunkTurns(markBlocks(turnsOf(conversation)).turns, budget, countTokens);
}

/** Cuts turns into chunks of at most `budget` tokens. */
export function chunkTurns(turns: readonly Turn[], budget: number, countTokens: CountTokens): readonly Chunk[] {
  const chunks: Turn[][] = [];
  let tokens = Infinity;
  for (const turn of turns.flatMap((long) => splitTurn(long, budget, countTokens))) {
    const more = countTokens(renderTurn(turn)) + BETWEEN;
    if (tokens + more <= budget) {
      chunks.at(-1)?.push(turn);
      tokens += more;
    } else {
      chunks.push([turn]);
      tokens = more;
    }
  }
  return chunks.length === 0 ? [[]] : chunks;
}

/** The blank line between two turns, in tokens. */
const BETWEEN = 2;

function splitTurn(turn: Turn, budget: number, countTokens: CountTokens): readonly Turn[] {
  if (countTokens(renderTurn(turn)) + BETWEEN <= budget) return [turn];
  const heading = countTokens(renderTurn({ ...turn, text: "", continued: true })) + BETWEEN;
  return splitText(turn.text, Math.max(1, budget - heading - 1), countTokens).map((text, index) =>
    index === 0 ? { ...turn, text } : { ...turn, text, continued: true },
  );
}
