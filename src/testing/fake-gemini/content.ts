import { countTokens, splitTokens } from "../fake-server/tokens.ts";
import type { GeminiFault } from "./faults.ts";
import type { Turn } from "./turn.ts";

type Json = Readonly<Record<string, unknown>>;

/** An answer with all that is sent of it. */
export interface Answer {
  readonly model: string;
  readonly turn: Turn;
  /** Tokens of the prompt, those of the cache with them. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly fault: GeminiFault | undefined;
}

/** A part of an answer that is written at once; without `part` it is not shown. */
export interface Piece {
  readonly part?: Json;
  readonly tokens: number;
  readonly isThinking: boolean;
}

/** What is written, piece by piece. A call of a function comes whole. */
export function piecesOf({ turn }: Answer, tokensPerEvent: number): readonly Piece[] {
  const { thoughts, showsThoughts, said, calls } = turn;
  const thinking = splitTokens(thoughts, tokensPerEvent).map((text) => ({
    ...(showsThoughts && { part: { text, thought: true } }),
    tokens: countTokens(text),
    isThinking: true,
  }));
  const saying =
    calls === undefined
      ? splitTokens(said, tokensPerEvent).map((text) => ({
          part: { text },
          tokens: countTokens(text),
          isThinking: false,
        }))
      : [{ part: { functionCall: { name: calls, args: argsOf(said) } }, tokens: countTokens(said), isThinking: false }];
  return [...thinking, ...saying];
}

/** More tokens than any answer has: all in one piece. */
export const WHOLE = 1e9;

const partsOf = (pieces: readonly Piece[]): readonly Json[] =>
  pieces.flatMap(({ part }) => (part === undefined ? [] : [part]));

/** The answer in one piece. */
export function wholeAnswer(answer: Answer): Json {
  const pieces = piecesOf(answer, WHOLE);
  const isSilent = answer.fault?.does === "end_without_reason";
  return bodyOf(answer, partsOf(pieces), pieces, isSilent ? undefined : answer.turn.finishReason);
}

/** One body: these parts, and what was used until now. */
export function bodyOf(
  { model, turn, fault, promptTokens, cachedTokens }: Answer,
  parts: readonly Json[],
  written: readonly Piece[],
  finishReason: string | undefined,
): Json {
  const isBlocked = fault?.does === "block_prompt";
  const used = usageOf(promptTokens, cachedTokens, isBlocked || fault?.does === "choose_nothing" ? [] : written);
  const end = {
    ...(fault?.does !== "omit_usage" && { usageMetadata: used }),
    modelVersion: model,
    responseId: "fake-response",
  };
  if (isBlocked) return { promptFeedback: { blockReason: fault.reason }, ...end };
  if (fault?.does === "choose_nothing") return end;
  const isCensored = fault?.does === "finish" && fault.keeps === "nothing" && turn.finishReason !== "STOP";
  const content = { ...(parts.length > 0 && { parts }), role: "model" };
  return {
    candidates: [
      {
        ...(!(isCensored && parts.length === 0) && { content }),
        ...(finishReason !== undefined && { finishReason }),
        index: 0,
        ...(finishReason === "SAFETY" && { safetyRatings: SAFETY }),
      },
    ],
    ...end,
  };
}

const SAFETY = [{ category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true }];

/** Counts that are 0 are left out, as Google's JSON does. */
function usageOf(promptTokenCount: number, cached: number, written: readonly Piece[]): Json {
  const sum = (isThinking: boolean): number =>
    written.filter((piece) => piece.isThinking === isThinking).reduce((all, { tokens }) => all + tokens, 0);
  const candidatesTokenCount = sum(false);
  const thoughtsTokenCount = sum(true);
  return {
    promptTokenCount,
    ...(candidatesTokenCount > 0 && { candidatesTokenCount }),
    totalTokenCount: promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: promptTokenCount }],
    ...(thoughtsTokenCount > 0 && { thoughtsTokenCount }),
  };
}

/** What was cut off is no JSON: then there are no arguments. */
function argsOf(said: string): unknown {
  try {
    return JSON.parse(said) as unknown;
  } catch {
    return {};
  }
}
