import { tooLongForChat, type Fault } from "./faults.ts";
import { countTokens, firstTokens, lastTokens } from "../fake-server/tokens.ts";
import type { CallBody } from "./wire.ts";

/** Context that the fake gives a request which asks for none, like a real server with little GPU memory. */
const DEFAULT_CONTEXT_TOKENS = 4096;
/** Tokens of the start that survive a silent cut. */
const KEPT_AT_START = 4;

/** The context a request gets, in tokens. */
export const contextOf = (body: CallBody): number => body.options?.num_ctx ?? DEFAULT_CONTEXT_TOKENS;

/** The prompt as the model will see it. */
export interface FittedPrompt {
  readonly prompt: string;
  readonly promptTokens: number;
  /** Tokens that were silently dropped. */
  readonly tokensCut: number;
}

/**
 * Fits a prompt into the context as Ollama does: unless both `truncate` and `shift` are refused, one token too many
 * costs half of the context, without a word; else the request is refused.
 */
export function fitPrompt(prompt: string, body: CallBody): FittedPrompt | Fault {
  const promptTokens = countTokens(prompt);
  const contextTokens = contextOf(body);
  if (promptTokens <= contextTokens - 1) return { prompt, promptTokens, tokensCut: 0 };
  if (body.truncate === false && body.shift === false) return tooLongForChat(promptTokens, contextTokens);
  const kept = contextTokens - Math.floor((contextTokens - KEPT_AT_START) / 2);
  return {
    prompt: firstTokens(prompt, KEPT_AT_START) + lastTokens(prompt, kept - KEPT_AT_START),
    promptTokens: kept,
    tokensCut: promptTokens - kept,
  };
}

/** What the model says: `thinking` comes first, `text` after it. */
export interface Generation {
  readonly thinking: string;
  readonly text: string;
  readonly doneReason: "stop" | "length";
}

/** Ends an answer at `num_predict`, or where the context is full and may not be shifted. */
export function limitAnswer(text: string, promptTokens: number, body: CallBody): Generation {
  const predict = body.options?.num_predict ?? -1;
  const room = body.shift === false ? contextOf(body) - promptTokens : Infinity;
  const limit = Math.min(predict > 0 ? predict : Infinity, room);
  return countTokens(text) <= limit
    ? { thinking: "", text, doneReason: "stop" }
    : { thinking: "", text: firstTokens(text, limit), doneReason: "length" };
}
