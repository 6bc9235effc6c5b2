/** A body of `POST /api/chat` or `POST /api/generate`, as far as the fake reads it. */
export interface CallBody {
  readonly model?: string;
  /** Only of `/api/chat`. */
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  /** Only of `/api/generate`. */
  readonly prompt?: string;
  readonly system?: string;
  readonly stream?: boolean;
  readonly think?: boolean | string;
  readonly truncate?: boolean;
  readonly shift?: boolean;
  readonly format?: unknown;
  readonly keep_alive?: number | string;
  readonly options?: { readonly num_ctx?: number; readonly num_predict?: number; readonly temperature?: number };
}

/** A body of `POST /api/embed`, as far as the fake reads it. */
export interface EmbedBody extends CallBody {
  readonly input?: string | readonly string[];
  readonly dimensions?: number;
}

/** The two ways to ask for text. */
export type CallPath = "/api/chat" | "/api/generate";

/** Everything the model reads: the system prompt, then each message, separated by line breaks. */
export function promptOf(body: CallBody): string {
  const messages = (body.messages ?? []).map(({ content }) => content);
  return [body.system, ...messages, body.prompt].filter((part) => part !== undefined && part !== "").join("\n");
}
