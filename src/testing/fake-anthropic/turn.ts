import { countTokens, firstTokens } from "../fake-server/tokens.ts";
import { valueFor } from "../fake-server/schema-value.ts";
import type { AnthropicFault } from "./faults.ts";
import { DEFAULT_CONTEXT_TOKENS, thinks, tokensOf } from "./request-rules.ts";
import { promptOf, type AnthropicCallBody, type FakeAnthropicModel } from "./wire.ts";

/** A block of an answer: what is sent of it, and what it took to write it. */
export type TurnBlock =
  | { readonly type: "thinking"; readonly said: string; readonly isShown: boolean }
  | { readonly type: "text"; readonly said: string }
  | { readonly type: "tool_use"; readonly said: string; readonly name: string };

/** What the model says to a request, and why it ended. */
export interface Turn {
  readonly blocks: readonly TurnBlock[];
  readonly stopReason: string;
  readonly stopSequence: string | null;
}

/** What the model says to a request: no more than `max_tokens`, the context and the stop sequences let it. */
export function turnFor(
  body: AnthropicCallBody,
  model: FakeAnthropicModel,
  answer: ((body: AnthropicCallBody) => string) | undefined,
  note: (prompt: string) => string,
): Turn {
  const prompt = promptOf(body);
  const schema = body.output_config?.format?.schema;
  const tool = forcedTool(body);
  const form = tool ? tool.input_schema : schema;
  const said = answer?.(body) ?? (form === undefined ? note(prompt) : JSON.stringify(valueFor(form, prompt)));
  const room = (model.contextTokens ?? DEFAULT_CONTEXT_TOKENS) - tokensOf(body);
  const most = Math.min(body.max_tokens, room);
  const outOfRoom = room < body.max_tokens ? "model_context_window_exceeded" : "max_tokens";

  const thoughts = thinks(body)
    ? firstTokens(
        `The reader wants this: ${firstTokens(said, 12)}`,
        Math.min(most, body.thinking?.budget_tokens ?? most),
      )
    : "";
  const thinking: readonly TurnBlock[] = thoughts
    ? [{ type: "thinking", said: thoughts, isShown: body.thinking?.display !== "omitted" }]
    : [];
  const left = most - countTokens(thoughts);
  if (tool) {
    const isCut = countTokens(said) > left;
    const use: TurnBlock = { type: "tool_use", name: tool.name ?? "", said: isCut ? firstTokens(said, left) : said };
    return { blocks: [...thinking, use], stopReason: isCut ? outOfRoom : "tool_use", stopSequence: null };
  }
  const { kept, sequence } = untilStop(said, body.stop_sequences ?? []);
  const isCut = countTokens(kept) > left;
  const text = isCut ? firstTokens(kept, left) : kept;
  const stopReason = isCut ? outOfRoom : sequence === null ? "end_turn" : "stop_sequence";
  return {
    blocks: text === "" ? thinking : [...thinking, { type: "text", said: text }],
    stopReason,
    stopSequence: isCut ? null : sequence,
  };
}

/** What a fault makes of an answer. */
export function spoilTurn(turn: Turn, fault: AnthropicFault | undefined): Turn {
  if (fault?.does === "think_only") {
    const said = turn.blocks.map((block) => block.said).join("");
    return { blocks: [{ type: "thinking", said, isShown: true }], stopReason: "max_tokens", stopSequence: null };
  }
  if (fault?.does === "think_first") {
    return { ...turn, blocks: [{ type: "thinking", said: fault.words, isShown: true }, ...turn.blocks] };
  }
  if (fault?.does !== "stop") return turn;
  const blocks = fault.keeps === "all" ? turn.blocks : fault.keeps === "nothing" ? [] : turn.blocks.map(halved);
  return { blocks, stopReason: fault.reason, stopSequence: null };
}

const halved = (block: TurnBlock): TurnBlock => ({ ...block, said: block.said.slice(0, block.said.length / 2) });

function forcedTool({
  tools = [],
  tool_choice,
}: AnthropicCallBody): NonNullable<AnthropicCallBody["tools"]>[number] | undefined {
  if (tool_choice?.type === "any") return tools[0];
  return tool_choice?.type === "tool" ? tools.find(({ name }) => name === tool_choice.name) : undefined;
}

function untilStop(said: string, sequences: readonly string[]): { kept: string; sequence: string | null } {
  const found = sequences
    .map((sequence) => ({ sequence, at: said.indexOf(sequence) }))
    .filter(({ at }) => at !== -1)
    .toSorted((a, b) => a.at - b.at)[0];
  return found ? { kept: said.slice(0, found.at), sequence: found.sequence } : { kept: said, sequence: null };
}
