import type { ChatHistoryItem, Llama, LlamaChat } from "node-llama-cpp";
import type { JsonValue } from "../../core/base/index.ts";
import { StepError, messageOf } from "../../core/failure/index.ts";
import { type GenerateAnswer, type GenerateRequest, soundTokens } from "../../core/model/index.ts";
import type { LoadedModel } from "./engine.ts";

/** How an answer is drawn, the same for every call of a run. */
export interface Drawing {
  readonly temperature: number | undefined;
}

/**
 * Calls a model in memory. Faults are `StepError`s: `input_too_long` for a prompt that leaves no room for an answer,
 * since prompts are never cut; `answer` for an answer that is empty or that was cut off.
 */
export async function answer(
  { llama, model, contextTokens }: LoadedModel,
  chat: LlamaChat,
  request: GenerateRequest,
  { temperature }: Drawing,
): Promise<GenerateAnswer> {
  const { signal, maxOutputTokens = Infinity, responseSchema } = request;
  const history = historyOf(request);
  const inputTokens = countPrompt(chat, model, history);
  const room = contextTokens - inputTokens - SPARE_TOKENS;
  if (room < 1) throw tooLong(inputTokens, contextTokens, request);

  const metered = chat.sequence.tokenMeter.usedOutputTokens;
  let text = "";
  const evidence = () => ({ request: promptText(request), rawAnswer: text });
  try {
    const grammar =
      responseSchema === undefined ? undefined : await llama.createGrammarForJsonSchema(schemaOf(responseSchema));
    const { response, metadata } = await chat.generateResponse([...history], {
      maxTokens: Math.min(maxOutputTokens, room),
      // With its default the library would make room long before the context is full, by cutting the prompt silently.
      contextShift: { size: 1 },
      onTextChunk: (chunk) => {
        text += chunk;
      },
      ...(temperature !== undefined && { temperature }),
      ...(signal && { signal }),
      ...(grammar && { grammar }),
    });
    text = response;
    const outputTokens = chat.sequence.tokenMeter.usedOutputTokens - metered;
    if (metadata.stopReason === "maxTokens") throw cutOff(outputTokens, room < maxOutputTokens, evidence());
    if (text.trim() === "") throw new StepError("answer", "The answer was empty.", evidence());
    return { text, usage: soundTokens({ inputTokens, outputTokens: outputTokens || undefined }) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof StepError) throw error;
    throw new StepError("transient", `llama.cpp failed: ${messageOf(error)}`, { ...evidence(), cause: error });
  }
}

/** The library wants one token of the context for itself. */
const SPARE_TOKENS = 2;

/** The library reads what it knows of a schema and takes the rest as "anything", so any JSON will do. */
const schemaOf = (schema: JsonValue): LlamaSchema => schema as LlamaSchema;

type LlamaSchema = Parameters<Llama["createGrammarForJsonSchema"]>[0];

const historyOf = ({ system, prompt }: GenerateRequest): readonly ChatHistoryItem[] => [
  ...(system === undefined ? [] : [{ type: "system" as const, text: system }]),
  { type: "user", text: prompt },
  { type: "model", response: [] },
];

/** Tokens of the whole prompt as the model's chat template writes it. */
const countPrompt = (chat: LlamaChat, model: LoadedModel["model"], history: readonly ChatHistoryItem[]): number =>
  chat.chatWrapper.generateContextState({ chatHistory: [...history] }).contextText.tokenize(model.tokenizer).length;

const tooLong = (inputTokens: number, contextTokens: number, request: GenerateRequest): StepError =>
  new StepError(
    "input_too_long",
    `The prompt does not fit into the model's context: it has ${inputTokens} tokens, and prompt and answer together may have ${contextTokens}.`,
    { request: promptText(request) },
  );

const cutOff = (
  outputTokens: number,
  isContextFull: boolean,
  evidence: { readonly request: string; readonly rawAnswer: string },
): StepError =>
  new StepError(
    "answer",
    `The answer was cut off after ${outputTokens} tokens: ${isContextFull ? "the context was full" : "that is its length limit"}.`,
    { ...evidence, cutOff: true },
  );

const promptText = ({ system, prompt }: GenerateRequest): string => JSON.stringify({ system, prompt });
