import type { ChatHistoryItem, Llama, LlamaChat } from "node-llama-cpp";
import type { JsonValue } from "../../core/base/index.ts";
import { StepError, messageOf } from "../../core/failure/index.ts";
import {
  imagesOfMessage,
  outputCapOf,
  textOfMessage,
  type AnswerPart,
  type GenerateAnswer,
  type GenerateRequest,
  type Message,
  type TokenUsage,
} from "../../core/model/index.ts";
import { acceptAnswer, RawAnswer, ReceivedText, type Evidence } from "../answer/index.ts";
import { drawingOptions } from "./drawing-options.ts";
import type { LoadedModel } from "./engine.ts";

/** How an answer is drawn, the same for every call of a run. */
export interface Drawing {
  readonly temperature?: number | undefined;
  /** The most tokens of an answer whose request does not say. */
  readonly maxOutputTokens?: number | undefined;
  readonly providerOptions?: Readonly<Record<string, JsonValue>> | undefined;
}

/**
 * Calls a model in memory. Faults are `StepError`s: `input_too_long` for a prompt that leaves no room for an answer,
 * since prompts are never cut; `answer` for an answer that is empty or that was cut off.
 */
export async function answer(
  { llama, model, contextTokens }: LoadedModel,
  chat: LlamaChat,
  request: GenerateRequest,
  drawing: Drawing,
): Promise<GenerateAnswer> {
  const { signal, responseSchema, onPart, temperature = drawing.temperature } = request;
  const maxOutputTokens = outputCapOf(request, { maxOutputTokens: drawing.maxOutputTokens, contextTokens });
  const history = historyOf(request);
  const inputTokens = countPrompt(chat, model, history);
  const room = contextTokens - inputTokens - SPARE_TOKENS;
  if (room < 1) throw tooLong(inputTokens, contextTokens, request);

  const metered = chat.sequence.tokenMeter.usedOutputTokens;
  const usage = (): TokenUsage => ({
    inputTokens,
    outputTokens: chat.sequence.tokenMeter.usedOutputTokens - metered,
  });
  const raw = new RawAnswer();
  const evidence = (): Evidence => ({ request: promptText(request), rawAnswer: raw.text });
  const received = new ReceivedText({ maxOutputTokens, onPart, evidence });
  // What a piece's reader throws must not go through the library: it ends the call, and is thrown here.
  const ending = new AbortController();
  const read = (part: AnswerPart): void => {
    raw.add(part.text ?? part.thinking ?? "");
    try {
      received.add(part);
    } catch (error) {
      ending.abort(error);
    }
  };
  const stop = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  try {
    const grammar =
      responseSchema === undefined ? undefined : await llama.createGrammarForJsonSchema(schemaOf(responseSchema));
    const { response, metadata } = await chat.generateResponse([...history], {
      maxTokens: Math.min(maxOutputTokens, room),
      // With its default the library would make room long before the context is full, by cutting the prompt silently.
      contextShift: { size: 1 },
      onResponseChunk: ({ type, text }) => read(type === "segment" ? { thinking: text } : { text }),
      ...(temperature !== undefined && { temperature }),
      signal: stop,
      ...(grammar && { grammar }),
      ...drawingOptions({ ...drawing.providerOptions, ...request.providerOptions }),
    });
    return acceptAnswer(
      {
        text: response,
        thinking: received.thinking,
        ending: metadata.stopReason,
        usage: usage(),
        maxOutputTokens: Math.min(maxOutputTokens, room + 1),
      },
      evidence,
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (ending.signal.aborted) throw withUsage(ending.signal.reason, usage());
    if (error instanceof StepError) throw error;
    const message = `llama.cpp failed: ${messageOf(error)}`;
    throw new StepError("transient", message, { ...evidence(), usage: usage(), cause: error });
  }
}

/** The failure that ended a call in the middle, with what the call had used until then. */
function withUsage(error: unknown, usage: TokenUsage): unknown {
  if (!(error instanceof StepError)) return error;
  const { kind, message, request, rawAnswer, cutOffBy } = error;
  return new StepError(kind, message, {
    usage,
    ...(request !== undefined && { request }),
    ...(rawAnswer !== undefined && { rawAnswer }),
    ...(cutOffBy && { cutOffBy }),
  });
}

/** The library wants one token of the context for itself. */
const SPARE_TOKENS = 2;

/** The library reads what it knows of a schema and takes the rest as "anything", so any JSON will do. */
const schemaOf = (schema: JsonValue): LlamaSchema => schema as LlamaSchema;

type LlamaSchema = Parameters<Llama["createGrammarForJsonSchema"]>[0];

const historyOf = ({ system, prompt, messages }: GenerateRequest): readonly ChatHistoryItem[] => [
  ...(system === undefined ? [] : [{ type: "system" as const, text: system }]),
  ...(messages?.map(itemOf) ?? [{ type: "user" as const, text: prompt }]),
  { type: "model", response: [] },
];

function itemOf(message: Message): ChatHistoryItem {
  if (imagesOfMessage(message).length > 0) {
    throw new StepError("input", "A model in this process reads text alone, and there is an image in the messages.");
  }
  const text = textOfMessage(message);
  return message.role === "assistant" ? { type: "model", response: [text] } : { type: message.role, text };
}

/** Tokens of the whole prompt as the model's chat template writes it. */
const countPrompt = (chat: LlamaChat, model: LoadedModel["model"], history: readonly ChatHistoryItem[]): number =>
  chat.chatWrapper.generateContextState({ chatHistory: [...history] }).contextText.tokenize(model.tokenizer).length;

const tooLong = (inputTokens: number, contextTokens: number, request: GenerateRequest): StepError =>
  new StepError(
    "input_too_long",
    `The prompt does not fit into the model's context: it has ${inputTokens} tokens, and prompt and answer together may have ${contextTokens}.`,
    { request: promptText(request) },
  );

const promptText = ({ system, prompt }: GenerateRequest): string => JSON.stringify({ system, prompt });
