import type { StepError } from "../../../core/failure/index.ts";
import { fanOutAgain, type FanOutAgain } from "../../../core/pipeline/index.ts";
import type { ChatPart } from "../chat-part.ts";
import { chunkTurns, type CountTokens } from "../split-chunks/index.ts";
import { factsOf, markBlocks, renderTurns, turnsOf, type Turn } from "../transcript/index.ts";

/** The share of a text that goes into each piece, by how often it was cut before. A third time is not tried. */
const SHARES: readonly number[] = [1 / 2, 1 / 4];
/** No piece is larger, whatever it was cut from, for models that do not say how long their context is. In tokens. */
const LARGEST: readonly number[] = [8_000, 2_000];

/** What is shorter than the questions about it is not what is too long. In tokens. */
const LEAST_TO_CUT = 500;

export interface CutSmallerOptions {
  /** The refusal of the text as too long. */
  readonly cause: StepError;
  readonly countTokens: CountTokens;
}

/**
 * Cuts a text that a model has refused as too long into smaller parts, to be asked about again. Throws the refusal when
 * the text is short, has been cut twice, or cannot be cut.
 */
export function cutSmaller({ conversation, excerpt }: ChatPart, options: CutSmallerOptions): FanOutAgain {
  const { cause, countTokens } = options;
  const cuts = excerpt?.cuts ?? 0;
  const turns = excerpt?.turns ?? (conversation && turnsToCut(conversation)) ?? [];
  const tokens = countTokens(renderTurns(turns));
  if (tokens < LEAST_TO_CUT) throw cause;
  const budget = Math.min(tokens * (SHARES[cuts] ?? 0), LARGEST[cuts] ?? 0);
  const chunks = budget < 1 ? [] : chunkTurns(turns, Math.floor(budget), countTokens);
  if (chunks.length < 2) throw cause;
  return fanOutAgain(
    chunks.map((piece, index): ChatPart => ({
      ...(index === 0 && conversation && { conversation }),
      excerpt: {
        number: excerpt?.number ?? index + 1,
        of: excerpt?.of ?? chunks.length,
        cuts: cuts + 1,
        facts: excerpt?.facts ?? (conversation ? factsOf(conversation) : ""),
        turns: piece,
      },
    })),
  );
}

/** A document that is kept as it is has nothing to cut: it is only asked about its beginning. */
const turnsToCut = (conversation: NonNullable<ChatPart["conversation"]>): readonly Turn[] =>
  conversation.document ? [] : markBlocks(turnsOf(conversation)).turns;
