import { valueFor } from "../fake-server/schema-value.ts";
import { countTokens, firstTokens } from "../fake-server/tokens.ts";
import type { GeminiFault } from "./faults.ts";
import { DEFAULT_OUTPUT_TOKENS } from "./request-rules.ts";
import { promptOf, type FakeGeminiModel, type GeminiCallBody } from "./wire.ts";

/** What the model says to a request, and why it ended. */
export interface Turn {
  /** Thinking is paid for, shown or not. */
  readonly thoughts: string;
  readonly showsThoughts: boolean;
  readonly said: string;
  /** The function that `said` is the arguments of. */
  readonly calls?: string;
  readonly finishReason: string;
}

/** What the model says to a request: thinking and answer together are no more than `maxOutputTokens`. */
export function turnFor(
  body: GeminiCallBody,
  model: FakeGeminiModel,
  answer: ((body: GeminiCallBody) => string) | undefined,
  note: (prompt: string) => string,
): Turn {
  const { generationConfig: config = {} } = body;
  const prompt = promptOf(body);
  const called = forcedFunction(body);
  const form = called
    ? (called.parametersJsonSchema ?? called.parameters ?? {})
    : (config.responseJsonSchema ?? config.responseSchema);
  const wantsJson = config.responseMimeType === "application/json";
  const all =
    answer?.(body) ??
    (form === undefined
      ? wantsJson
        ? JSON.stringify({ note: note(prompt) })
        : note(prompt)
      : JSON.stringify(valueFor(form, prompt)));
  const most = config.maxOutputTokens ?? model.outputTokens ?? DEFAULT_OUTPUT_TOKENS;

  const { thinkingBudget = -1, includeThoughts = false } = config.thinkingConfig ?? {};
  const thinks = (model.thinks ?? true) && thinkingBudget !== 0;
  const budget = Math.min(most, thinkingBudget > 0 ? thinkingBudget : most);
  const thoughts = thinks ? firstTokens(`**What is asked**\n\nThe reader wants: ${firstTokens(all, 12)}`, budget) : "";
  const kept = untilStop(all, config.stopSequences ?? []);
  const left = most - countTokens(thoughts);
  const isCut = countTokens(kept) > left;
  return {
    thoughts,
    showsThoughts: includeThoughts,
    said: isCut ? firstTokens(kept, left) : kept,
    ...(called && !isCut && { calls: called.name }),
    finishReason: isCut ? "MAX_TOKENS" : "STOP",
  };
}

/** What a fault makes of an answer. */
export function spoilTurn(turn: Turn, fault: GeminiFault | undefined): Turn {
  if (fault?.does === "think_only") {
    return { ...turn, thoughts: `${turn.thoughts}${turn.said}`, said: "", finishReason: "MAX_TOKENS" };
  }
  if (fault?.does !== "finish") return turn;
  const { said } = turn;
  const kept = fault.keeps === "all" ? said : fault.keeps === "half" ? said.slice(0, said.length / 2) : "";
  return { ...turn, said: kept, finishReason: fault.reason };
}

type FunctionDeclaration = NonNullable<NonNullable<GeminiCallBody["tools"]>[number]["functionDeclarations"]>[number];

function forcedFunction({ tools = [], toolConfig }: GeminiCallBody): FunctionDeclaration | undefined {
  const { mode, allowedFunctionNames } = toolConfig?.functionCallingConfig ?? {};
  if (mode !== "ANY") return undefined;
  return tools
    .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
    .find(({ name }) => allowedFunctionNames?.includes(name) ?? true);
}

function untilStop(said: string, sequences: readonly string[]): string {
  const ends = sequences.map((sequence) => said.indexOf(sequence)).filter((at) => at !== -1);
  return said.slice(0, Math.min(...ends, said.length));
}
