import type { JsonValue } from "../base/index.ts";

/** One turn of a conversation that is given to a model as material. */
export interface MaterialMessage {
  readonly role: string;
  readonly text: string;
}

/** The text to work on, kept apart from the instructions, for engines that follow no instructions. */
export interface Material {
  readonly title: string;
  readonly messages: readonly MaterialMessage[];
}

/** What a model is asked, and within which limits. */
export interface GenerateRequest {
  /** Instructions and material in one text, as a language model wants them. */
  readonly prompt: string;
  /** Instructions that stand apart from the prompt. */
  readonly system?: string;
  /** The material alone. A language model ignores it; the extractive engine works on it, or on `prompt` when it is absent. */
  readonly material?: Material;
  /** The most tokens the answer may have. */
  readonly maxOutputTokens?: number;
  /** A JSON Schema that the answer has to fit. Models that cannot be held to one ignore it. */
  readonly responseSchema?: JsonValue;
  /** The same for each repetition of the same request; sent to APIs that can then recognise it. */
  readonly idempotencyKey?: string;
  /** Ends the call when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Tokens as the server counted them. Absent means unknown, never 0. */
export interface TokenUsage {
  /** Of the prompt. */
  readonly inputTokens?: number;
  /** Of the answer. */
  readonly outputTokens?: number;
}

/** What a model answered. */
export interface GenerateAnswer {
  /** The whole answer. */
  readonly text: string;
  /** What the call took. */
  readonly usage: TokenUsage;
}

/** What a model says of itself before a run. */
export interface ModelInfo {
  /** Tokens of context that the run will use; absent when the engine has no such limit. */
  readonly contextTokens?: number;
  /** Remarks for people, such as "runs on the CPU". */
  readonly notes: readonly string[];
}

/**
 * A language model, or the extractive engine in its place. Faults are thrown as `StepError`, already classified;
 * no implementation retries by itself.
 */
export interface Model {
  /** How the user named it: `ollama:llama3.2`, `extractive`. Never swapped silently. */
  readonly id: string;
  /** Everything that changes its answers (id, digest, context, parameters): part of a cached answer's key. */
  readonly fingerprint: string;
  /** The lane its calls go through: `ollama`, `openai`; `undefined` for engines that make no calls. */
  readonly lane: string | undefined;
  /** Says whether the model can be used; throws a `HoldfastError` with code `model_unusable` when not. */
  check(signal?: AbortSignal): Promise<ModelInfo>;
  /** As `check`, but loads nothing and asks for nothing: for a look at what a run would do. */
  inspect?(signal?: AbortSignal): Promise<ModelInfo>;
  /** Answers one request. Throws a `StepError` that says what kind of failure it was. */
  generate(request: GenerateRequest): Promise<GenerateAnswer>;
  /** Tokens of a text by the model's own tokenizer. Only engines that have it at hand offer it, once `check` went well. */
  countTokens?(text: string): number;
  /** Gives back what the model holds, such as memory. Called at a run's end; a later call takes it up again. */
  close?(): Promise<void>;
}

declare module "../pipeline/step-context.ts" {
  interface StepServices {
    /** The model chosen for the run (`--llm`). */
    readonly model: Model;
    /** What the model said of itself before the run's first item. */
    readonly modelInfo: ModelInfo;
  }
}
