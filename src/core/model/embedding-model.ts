import type { TokenUsage, ToldLimits } from "../base/index.ts";
import type { ModelInfo } from "./language-model.ts";

/** The vector of a text. */
export type Embedding = readonly number[];

/** A request for the vectors of some texts, made in one call. */
export interface EmbedRequest {
  readonly values: readonly string[];
  /** Ends the call when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The vectors of a request. */
export interface EmbedAnswer {
  /** One for each text, in their order, and all of one length. */
  readonly embeddings: readonly Embedding[];
  /** The usage of the call. A failed one says it in its `StepError`. */
  readonly usage: TokenUsage;
  /** What the server told of its limits with the answer, where it did. */
  readonly limits?: ToldLimits | undefined;
}

/**
 * An embedding model: it makes vectors out of texts. Faults are thrown as `StepError`, already classified; no implementation
 * retries by itself.
 */
export interface EmbeddingModel {
  /** How the user named it: `ollama:nomic-embed-text`. */
  readonly id: string;
  /** Everything that affects its vectors: part of a cached answer's key. */
  readonly fingerprint: string;
  /** What it is in lists of prices, where it is one that its provider bills for. */
  readonly billedAs?: string | undefined;
  /** The lane its calls go through. Providers limit embeddings apart from chats, so it is another one than the language model's. */
  readonly lane: string;
  /** The most texts in one call; more are asked for in several. @default no limit */
  readonly mostValues?: number;
  /** The most tokens in one call, by the estimate; a single text may have more. @default no limit */
  readonly mostTokens?: number;
  /** Checks whether the model can be used; throws a `HoldfastError` with code `model_unusable` if not. */
  check(signal?: AbortSignal): Promise<ModelInfo>;
  /** Like `check`, but makes no call and loads nothing: for a dry run. */
  inspect?(signal?: AbortSignal): Promise<ModelInfo>;
  /** Makes one call. Throws a `StepError` that says what kind of failure it was. */
  embed(request: EmbedRequest): Promise<EmbedAnswer>;
  /** Releases what the model holds. Called at the end of a run; a later call acquires it again. */
  close?(): Promise<void>;
}

/**
 * Makes vectors: of a text its vector, of a list of texts theirs, in their order. What does not fit into one call is asked for
 * in several, one after the other.
 */
export interface Embed {
  (text: string): Promise<Embedding>;
  (texts: readonly string[]): Promise<readonly Embedding[]>;
}

/** The models of a run in one name: workers that have other ones are not asked. */
export const idOfModels = (model: { readonly id: string }, embedding: { readonly id: string } | undefined): string =>
  embedding === undefined ? model.id : `${model.id} with ${embedding.id}`;

declare module "../pipeline/step-context.ts" {
  interface StepServices {
    /** Makes vectors of texts with the run's embedding model. */
    readonly embed: Embed;
  }
}
