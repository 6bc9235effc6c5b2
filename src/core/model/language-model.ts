import type { JsonValue, TokenUsage, ToldLimits } from "../base/index.ts";
import type { FailureKind } from "../failure/index.ts";
import type { Message } from "./messages.ts";

/** One message of a conversation that a model gets as material. */
export interface MaterialMessage {
  readonly role: string;
  readonly text: string;
}

/** The text to work on, kept apart from the instructions, for engines that follow no instructions. */
export interface Material {
  readonly title: string;
  readonly messages: readonly MaterialMessage[];
}

/** A request to a model, with its limits. */
export interface GenerateRequest {
  /** Instructions and material in one text, for a language model. With `messages` it is their text. */
  readonly prompt: string;
  /** The conversation so far, in place of `prompt`; a model that knows of no messages answers the prompt. */
  readonly messages?: readonly Message[];
  /** Instructions that stand apart from the prompt. */
  readonly system?: string;
  /** The material alone. A language model ignores it; the extractive engine works on it, or on `prompt` when it is absent. */
  readonly material?: Material;
  /**
   * The most tokens the answer may have, thinking included. A longer one is cut off, which is a `StepError` of kind `answer`.
   * @default what the run or the model allows: an answer always has an end
   */
  readonly maxOutputTokens?: number;
  /** A JSON Schema that the answer has to match. Models without structured output ignore it. */
  readonly responseSchema?: JsonValue;
  /** How freely the answer is drawn, in place of the model's own. */
  readonly temperature?: number;
  /** Fields of the provider's own, sent as they are: `{ reasoning_effort: "low" }`, `{ seed: 7 }`. They go before the model's. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** Headers of the call, for models behind HTTP. They go before the model's; never the key's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The same for each repetition of the same request; sent to APIs that can then recognise it. */
  readonly idempotencyKey?: string;
  /** Gets each piece of the answer as it comes, from models that stream. What it throws ends the call. */
  readonly onPart?: (part: AnswerPart) => void;
  /** Ends the call when it is aborted. */
  readonly signal?: AbortSignal;
}

/** A piece of an answer that is still being written. */
export interface AnswerPart {
  readonly text?: string;
  /** What the model thinks before it answers. */
  readonly thinking?: string;
}

/** A model's answer. */
export interface GenerateAnswer {
  /** The whole answer. */
  readonly text: string;
  /** The usage of the call. A failed one says it in its `StepError`. */
  readonly usage: TokenUsage;
  /** The id of the model that answered, where several were asked in turn. */
  readonly answeredBy?: string;
  /**
   * What the server told of its limits with the answer, where it did. A refusal says it in its `StepError`. In a run the lane
   * takes it, and steps get the answer without it.
   */
  readonly limits?: ToldLimits | undefined;
}

/** What a model reports about itself before a run. */
export interface ModelInfo {
  /** Tokens of context that the run will use; absent when the engine has no such limit. */
  readonly contextTokens?: number;
  /** Remarks for people, such as "runs on the CPU". */
  readonly notes: readonly string[];
}

/** The models that `fallback` asks in turn, and what it knows of them. */
export interface Alternatives {
  /** In the order in which they are asked. */
  readonly models: readonly Model[];
  readonly on: ReadonlySet<FailureKind>;
  /** Those that no call is sent to any more until the next check, and why. */
  readonly unusable: Map<Model, unknown>;
}

/**
 * A language model, or the extractive engine in its place. Faults are thrown as `StepError`, already classified;
 * no implementation retries by itself.
 */
export interface Model {
  /** How the user named it: `ollama:llama3.2`, `extractive`. Never swapped silently. */
  readonly id: string;
  /** Everything that affects its answers (id, digest, context, parameters): part of a cached answer's key. */
  readonly fingerprint: string;
  /** What it is in lists of prices, where it is one that its provider bills for: `openai/gpt-5-mini`. */
  readonly billedAs?: string | undefined;
  /** The models that are asked in turn in its place: see `fallback`. */
  readonly alternatives?: Alternatives;
  /** The lane its calls go through: `ollama`, `openai`; `undefined` for engines that make no calls. */
  readonly lane: string | undefined;
  /** Checks whether the model can be used; throws a `HoldfastError` with code `model_unusable` if not. */
  check(signal?: AbortSignal): Promise<ModelInfo>;
  /** Like `check`, but loads nothing and asks the model nothing: for a dry run. */
  inspect?(signal?: AbortSignal): Promise<ModelInfo>;
  /** Answers one request. Throws a `StepError` that says what kind of failure it was. */
  generate(request: GenerateRequest): Promise<GenerateAnswer>;
  /**
   * Tokens of a text by the model's own tokenizer. Only engines with a local tokenizer have it, after `check` has
   * succeeded.
   */
  countTokens?(text: string): number;
  /** Releases what the model holds, such as memory. Called at the end of a run; a later call acquires it again. */
  close?(): Promise<void>;
}
