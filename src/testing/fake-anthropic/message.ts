import { countTokens, splitTokens } from "../fake-server/tokens.ts";
import type { CacheUse } from "./prompt-cache.ts";
import type { Turn, TurnBlock } from "./turn.ts";

type Json = Readonly<Record<string, unknown>>;

/** An answer with all that is sent of it. */
export interface Message {
  readonly id: string;
  readonly model: string;
  readonly turn: Turn;
  /** Tokens of the prompt, those of the cache with them. */
  readonly inputTokens: number;
  readonly cache: CacheUse;
}

/** A part of a block that is written and sent at once. */
export interface Piece {
  readonly delta: Json;
  readonly tokens: number;
  readonly isThinking: boolean;
}

/** The answer in one piece. */
export const wholeMessage = (message: Message): Json => ({
  ...envelope(message),
  content: message.turn.blocks.map(contentOf),
  stop_reason: message.turn.stopReason,
  stop_sequence: message.turn.stopSequence,
  usage: usageOf(message, outputTokensOf(message.turn.blocks), thinkingTokensOf(message.turn.blocks)),
});

/** The answer as it stands at the beginning of a stream. */
export const emptyMessage = (message: Message): Json => ({
  ...envelope(message),
  content: [],
  stop_reason: null,
  stop_sequence: null,
  // The real one has written a token or so by then.
  usage: usageOf(message, 1, 0),
});

const envelope = ({ id, model }: Message): Json => ({ id, type: "message", role: "assistant", model });

/** What was used: `input_tokens` is without the cache. */
export const usageOf = ({ inputTokens, cache }: Message, outputTokens: number, thinkingTokens: number): Json => ({
  input_tokens: inputTokens - cache.read - cache.written,
  cache_creation_input_tokens: cache.written,
  cache_read_input_tokens: cache.read,
  output_tokens: outputTokens,
  ...(thinkingTokens > 0 && { output_tokens_details: { thinking_tokens: thinkingTokens } }),
});

export const outputTokensOf = (blocks: readonly TurnBlock[]): number =>
  blocks.reduce((sum, { said }) => sum + countTokens(said), 0);

export const thinkingTokensOf = (blocks: readonly TurnBlock[]): number =>
  outputTokensOf(blocks.filter(({ type }) => type === "thinking"));

const SIGNATURE = "EqQBCgIYAhIkZmFrZS1zaWduYXR1cmU=";

function contentOf(block: TurnBlock): Json {
  switch (block.type) {
    case "thinking":
      return { type: "thinking", thinking: block.isShown ? block.said : "", signature: SIGNATURE };
    case "text":
      return { type: "text", text: block.said };
    case "tool_use":
      return { type: "tool_use", id: "toolu_fake", name: block.name, input: inputOf(block.said) };
  }
}

/** A block as it stands before its first delta. */
export function emptyBlock(block: TurnBlock): Json {
  switch (block.type) {
    case "thinking":
      return { type: "thinking", thinking: "", signature: "" };
    case "text":
      return { type: "text", text: "" };
    case "tool_use":
      return { type: "tool_use", id: "toolu_fake", name: block.name, input: {} };
  }
}

/** The deltas of a block. */
export function piecesOf(block: TurnBlock, tokensPerEvent: number): readonly Piece[] {
  const parts = splitTokens(block.said, tokensPerEvent);
  const pieces = (deltaOf: (part: string) => Json): readonly Piece[] =>
    parts.map((part) => ({ delta: deltaOf(part), tokens: countTokens(part), isThinking: block.type === "thinking" }));
  switch (block.type) {
    case "thinking":
      return [
        ...pieces((part) => ({ type: "thinking_delta", thinking: block.isShown ? part : "" })),
        { delta: { type: "signature_delta", signature: SIGNATURE }, tokens: 0, isThinking: true },
      ];
    case "text":
      return pieces((part) => ({ type: "text_delta", text: part }));
    case "tool_use":
      return pieces((part) => ({ type: "input_json_delta", partial_json: part }));
  }
}

/** What was cut off is no JSON: the real one gives what it has read of it, here nothing. */
function inputOf(said: string): unknown {
  try {
    return JSON.parse(said) as unknown;
  } catch {
    return {};
  }
}
