import type { CutOff, FailureKind } from "../../core/failure/index.ts";

/** What a word means that a server ends an answer with. */
export type Ending =
  /** The model said all that it wanted to say. */
  | "whole"
  /** It was allowed no more, or its context was full. */
  | "cut off"
  /** Somebody did not like what it said. */
  | "filtered"
  /** It wanted to call a tool, and was given none. */
  | "tool call"
  /** The server could not go on. */
  | "broken off";

interface Row {
  readonly words: readonly string[];
  readonly means: Ending;
  /** Where the word itself says it. */
  readonly by?: CutOff;
  /** Who says so. */
  readonly source: string;
}

/**
 * The words of all servers that we know of, in small letters: one list, since gateways pass on the words of others. An
 * answer is whole with a word of the first rows only. A word that is not here ends an answer that is not taken for whole.
 */
const ROWS: readonly Row[] = [
  { words: ["stop"], means: "whole", source: "OpenAI, Ollama, Mistral, Gemini (STOP) and nearly all others" },
  { words: ["end_turn", "stop_sequence"], means: "whole", source: "Anthropic; stop_sequence: TGI, Bedrock" },
  { words: ["eos", "eos_token"], means: "whole", source: "Together; Text Generation Inference" },
  { words: ["complete"], means: "whole", source: "Cohere" },
  { words: ["eosfound", "stopstringfound"], means: "whole", source: "LM Studio" },

  { words: ["eogtoken", "stopgenerationtrigger"], means: "whole", source: "node-llama-cpp" },

  { words: ["maxtokens"], means: "cut off", source: "node-llama-cpp" },
  { words: ["length"], means: "cut off", source: "OpenAI, Ollama and nearly all others: the cap or the context" },
  { words: ["max_tokens"], means: "cut off", by: "cap", source: "Anthropic, Gemini, Cohere, Bedrock" },
  { words: ["max_output_tokens"], means: "cut off", by: "cap", source: "OpenAI's Responses API" },
  { words: ["maxpredictedtokensreached"], means: "cut off", by: "cap", source: "LM Studio" },
  { words: ["model_length"], means: "cut off", by: "context", source: "Mistral" },
  {
    words: ["model_context_window_exceeded"],
    means: "cut off",
    by: "context",
    source: "Anthropic, Bedrock, z.ai",
  },
  { words: ["contextlengthreached"], means: "cut off", by: "context", source: "LM Studio" },
  { words: ["error_limit"], means: "cut off", by: "context", source: "Cohere" },

  { words: ["content_filter"], means: "filtered", source: "OpenAI, Azure, DeepSeek, Cerebras" },
  { words: ["content_filtered", "guardrail_intervened"], means: "filtered", source: "Bedrock" },
  { words: ["refusal"], means: "filtered", source: "Anthropic" },
  { words: ["sensitive"], means: "filtered", source: "z.ai" },
  { words: ["error_toxic"], means: "filtered", source: "Cohere" },
  {
    words: ["safety", "recitation", "blocklist", "prohibited_content", "spii", "language", "image_safety"],
    means: "filtered",
    source: "Gemini",
  },

  {
    words: ["tool_calls", "function_call", "tool_use", "tool_call", "functioncalls"],
    means: "tool call",
    source: "OpenAI; Anthropic",
  },

  { words: ["error"], means: "broken off", source: "OpenRouter, Mistral, Cohere" },
  { words: ["insufficient_system_resource"], means: "broken off", source: "DeepSeek" },
  { words: ["abort", "aborted"], means: "broken off", source: "vLLM, SGLang" },
  { words: ["network_error"], means: "broken off", source: "z.ai" },
  { words: ["pause_turn"], means: "broken off", source: "Anthropic" },
  { words: ["cancelled", "user_cancel", "userstopped"], means: "broken off", source: "Cohere; LM Studio" },
  { words: ["modelunloaded", "failed"], means: "broken off", source: "LM Studio" },
  { words: ["load", "unload"], means: "broken off", source: "Ollama, for a call that asked nothing" },
  { words: ["malformed_function_call"], means: "broken off", source: "Gemini" },
];

const BY_WORD: ReadonlyMap<string, Row> = new Map(ROWS.flatMap((row) => row.words.map((word) => [word, row] as const)));

/** What ended an answer, and in whose place. */
export interface KnownEnding {
  readonly means: Ending;
  readonly by: CutOff | undefined;
}

/**
 * What a server's word for the end of an answer means; `undefined` for a word that nobody has told us. Capital letters do not
 * count, and of "content_filter: RECITATION" each part is looked up.
 */
export function endingOf(word: string): KnownEnding | undefined {
  const whole = word.trim().toLowerCase();
  const parts = whole.split(/[\s:]+/).flatMap((part) => BY_WORD.get(part) ?? []);
  // A part that means a good end says nothing of the others.
  const row = BY_WORD.get(whole) ?? parts.find(({ means }) => means !== "whole");
  return row && { means: row.means, by: row.by };
}

/** Words that stand where there is none yet: some servers send them with each piece. */
const NO_WORDS: ReadonlySet<string> = new Set(["", "null", "none"]);

/** The word, where it is one. */
export const endingIn = (word: string | null | undefined): string | undefined =>
  word === null || word === undefined || NO_WORDS.has(word.trim().toLowerCase()) ? undefined : word;

/** What becomes of an answer that is not whole. */
export const UNFINISHED: Readonly<
  Record<Exclude<Ending, "whole">, { readonly kind: FailureKind; readonly says: string }>
> = {
  "cut off": { kind: "answer", says: "The answer was cut off" },
  filtered: { kind: "input", says: "The server's content filter cut the answer off" },
  "tool call": { kind: "answer", says: "The model called a tool in place of an answer, and there is none" },
  "broken off": { kind: "transient", says: "The server broke the answer off" },
};

/** Every word in the table with its meaning, for the documentation and the tests. */
export const KNOWN_ENDINGS: readonly Row[] = ROWS;
