/** A block of a message, as far as the fake reads it. */
export interface AnthropicBlock {
  readonly type: string;
  readonly text?: string;
  readonly source?: {
    readonly type: string;
    readonly media_type?: string;
    readonly data?: string;
    readonly url?: string;
  };
  readonly cache_control?: unknown;
}

/** A body of `POST /v1/messages`, as far as the fake reads it. */
export interface AnthropicCallBody {
  readonly model: string;
  readonly messages: readonly {
    readonly role: "user" | "assistant";
    readonly content: string | readonly AnthropicBlock[];
  }[];
  readonly max_tokens: number;
  readonly system?: string | readonly AnthropicBlock[];
  readonly stream?: boolean;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly thinking?: { readonly type: string; readonly budget_tokens?: number; readonly display?: string };
  readonly output_config?: { readonly effort?: string; readonly format?: { readonly schema?: unknown } };
  readonly tools?: readonly { readonly name?: string; readonly type?: string; readonly input_schema?: unknown }[];
  readonly tool_choice?: { readonly type: string; readonly name?: string };
  readonly cache_control?: unknown;
}

/** One call for a message, as the server saw it. */
export interface AnthropicCall {
  /** 1 for the first call. */
  readonly number: number;
  /** As it was sent: a call that is refused for its form is recorded too. */
  readonly body: AnthropicCallBody;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Milliseconds since 1970 when the request had arrived whole. */
  readonly atMs: number;
}

/** A model that the fake serves. */
export interface FakeAnthropicModel {
  readonly id: string;
  /** @default the id */
  readonly displayName?: string;
  /** What prompt and answer may take together. @default 200,000 */
  readonly contextTokens?: number;
  /** The most that `max_tokens` may be. @default 64,000 */
  readonly maxOutputTokens?: number;
  /** Goes on from a last message of the assistant, as models up to 4.5 do. @default false */
  readonly takesPrefill?: boolean;
  /**
   * Refuses a call whose prompt and `max_tokens` are more than the context together, as models before 4.5 do: newer ones
   * stop with `model_context_window_exceeded` when it is full. @default false
   */
  readonly refusesOverlap?: boolean;
}

/** Limits of the account in a minute; what they leave is in the headers of each answer. */
export interface AnthropicLimits {
  /** @default 1,000,000 */
  readonly requestsPerMinute?: number;
  /** Tokens that are read from the cache are not counted. @default 1,000,000,000 */
  readonly inputTokensPerMinute?: number;
  /** @default 1,000,000,000 */
  readonly outputTokensPerMinute?: number;
}

/** The texts of a string or of blocks. */
export const textOf = (content: string | readonly AnthropicBlock[] | undefined): string =>
  typeof content === "string" ? content : (content ?? []).map(({ text = "" }) => text).join("\n");

/** Everything the model reads as text: the system prompt, then each message. */
export const promptOf = ({ system, messages }: Pick<AnthropicCallBody, "system" | "messages">): string =>
  [textOf(system), ...messages.map(({ content }) => textOf(content))].filter((text) => text !== "").join("\n");

/** All images of a request. */
export const imagesOf = ({ messages }: Pick<AnthropicCallBody, "messages">): readonly AnthropicBlock[] =>
  messages.flatMap(({ content }) =>
    typeof content === "string" ? [] : content.filter(({ type }) => type === "image"),
  );
