/** A body of `POST /v1/chat/completions`, as far as the fake reads it. */
export interface OpenAICallBody {
  readonly model?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly response_format?: unknown;
}

/** One call for text, as the server saw it. */
export interface OpenAICall {
  /** 1 for the first call. */
  readonly number: number;
  readonly body: OpenAICallBody;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Milliseconds since 1970 when the request had arrived whole. */
  readonly atMs: number;
}

/** A body of `POST /v1/embeddings`, as far as the fake reads it. */
export interface OpenAIEmbeddingBody {
  readonly model?: string;
  readonly input?: string | readonly string[];
  readonly dimensions?: number;
  readonly encoding_format?: string;
}

/** One call for vectors, as the server saw it. */
export interface OpenAIEmbeddingCall extends Omit<OpenAICall, "body"> {
  readonly body: OpenAIEmbeddingBody;
}

/** A model that the fake serves. */
export interface FakeOpenAIModel {
  readonly id: string;
  /** Reported as `max_model_len`, and enforced. @default not reported, and everything fits */
  readonly contextTokens?: number;
  /** The name in the list: `models/<id>` at Gemini, the file's path at llama.cpp's server. @default `id`; "" for not listed */
  readonly listedAs?: string;
  /** Reported as llama.cpp's server does, in `meta`, in place of `max_model_len`. @default not reported */
  readonly meta?: { readonly n_ctx?: number; readonly n_ctx_train: number };
  /** Answers whatever name is asked for, as llama.cpp's server does with its one model. @default false */
  readonly answersToAnyName?: boolean;
}
