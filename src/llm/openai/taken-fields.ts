import { mostOutputTokensIn } from "../faults/index.ts";

/** How a server takes a call's body: what it may not say, what it calls things, and the most that it allows. */
export interface TakenFields {
  readonly stream: boolean;
  readonly streamOptions: boolean;
  readonly temperature: boolean;
  readonly responseFormat: boolean;
  /** The name of the field with the most tokens of the answer. */
  readonly cap: "max_tokens" | "max_completion_tokens";
  /** Whether it has refused the other name: then it takes neither, or means something else. */
  readonly refusedOtherCap: boolean;
  /** The most tokens of an answer that it allows to be asked for. */
  readonly mostOutputTokens: number;
}

/** What a server says when it refuses a body. */
export interface BodyRefusal {
  readonly status: number;
  readonly text: string;
  /** The name of the field, where it says it apart. */
  readonly param: string;
}

/** What is true of a server until it says otherwise. OpenAI's newer models refuse the old name of the cap, others the new one. */
export const takenAtFirst = ({ isOpenAI }: { readonly isOpenAI: boolean }): TakenFields => ({
  stream: true,
  streamOptions: true,
  temperature: true,
  responseFormat: true,
  cap: isOpenAI ? "max_completion_tokens" : "max_tokens",
  refusedOtherCap: false,
  mostOutputTokens: Infinity,
});

interface Row {
  /** Where a refusal means this field. */
  readonly field: RegExp;
  /** The words that mean that it is not taken at all; without them it is a value that is refused. @default any */
  readonly words?: RegExp;
  /** The body from now on; `undefined` when this says nothing new. */
  readonly change: (taken: TakenFields, text: string) => TakenFields | undefined;
  /** Who says so, and how. */
  readonly source: string;
}

const NOT_TAKEN =
  /not (?:be )?(?:supported|permitted|allowed|available)|unsupported|unrecogni[sz]ed|unknown|unexpected|extra_forbidden|extra (?:inputs|fields)|does not support|must be verified|unavailable/i;

const otherCap = (taken: TakenFields, cap: TakenFields["cap"]): TakenFields | undefined =>
  taken.refusedOtherCap || taken.cap === cap ? undefined : { ...taken, cap, refusedOtherCap: true };

/** The first row that a refusal fits decides. Order matters: `stream_options` holds the name of `stream`. */
const ROWS: readonly Row[] = [
  {
    field: /\bstream_options\b|\binclude_usage\b/,
    change: (taken) => (taken.streamOptions ? { ...taken, streamOptions: false } : undefined),
    source: "Mistral 422 extra_forbidden; Azure: Unrecognized request argument supplied: stream_options",
  },
  {
    field: /\bmax_(?:completion_)?tokens\b/,
    words: /too (?:large|high)|at most|maximum|range|less than or equal|<=|exceed/i,
    change: (taken, text) => {
      const most = mostOutputTokensIn(text);
      return most !== undefined && most < taken.mostOutputTokens ? { ...taken, mostOutputTokens: most } : undefined;
    },
    source: "OpenAI, Anthropic, DeepSeek, Groq: a cap above the model's own",
  },
  {
    field: /\bmax_tokens\b/,
    words: NOT_TAKEN,
    change: (taken) => otherCap(taken, "max_completion_tokens"),
    source: "OpenAI and Azure, o-series and later: Use 'max_completion_tokens' instead.",
  },
  {
    field: /\bmax_completion_tokens\b/,
    words: NOT_TAKEN,
    change: (taken) => otherCap(taken, "max_tokens"),
    source: "servers of the time before it: Unrecognized request argument supplied: max_completion_tokens",
  },
  {
    field: /\bstream(?:ing)?\b/i,
    words: NOT_TAKEN,
    change: (taken) => (taken.stream ? { ...taken, stream: false, streamOptions: false } : undefined),
    source: "OpenAI: Your organization must be verified to stream this model.",
  },
  {
    field: /\btemperature\b/,
    change: (taken) => (taken.temperature ? { ...taken, temperature: false } : undefined),
    source: "OpenAI, reasoning models: Only the default (1) value is supported.",
  },
  {
    field: /\bresponse_format\b|\bjson_schema\b|\bguided_json\b/,
    change: (taken) => (taken.responseFormat ? { ...taken, responseFormat: false } : undefined),
    source: "DeepSeek: This response_format type is unavailable now; OpenAI: Invalid schema for response_format",
  },
];

/** Statuses with which a body is refused for what it holds. */
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 405, 415, 422, 500, 501]);

/** How the body has to be for a server that has refused it; `undefined` when it was refused for something else. */
export function withoutRefused(taken: TakenFields, { status, param, text }: BodyRefusal): TakenFields | undefined {
  if (!REFUSALS.has(status)) return undefined;
  for (const { field, words, change } of ROWS) {
    if (!field.test(param) && !field.test(text)) continue;
    if (words && !words.test(text)) continue;
    const next = change(taken, text);
    if (next) return next;
  }
  return undefined;
}
