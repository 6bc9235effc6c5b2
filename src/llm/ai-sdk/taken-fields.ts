import { mostOutputTokensIn, type Verdict } from "../faults/index.ts";

/** What a provider takes of a call, and the most tokens of an answer that it lets anybody ask for. */
export interface TakenFields {
  readonly temperature: boolean;
  readonly schema: boolean;
  readonly mostOutputTokens: number;
}

/** What is true of a provider until it says otherwise. */
export const ALL_TAKEN: TakenFields = { temperature: true, schema: true, mostOutputTokens: Infinity };

/** The fields that a call had and that it can do without. */
export interface SentFields {
  readonly temperature: boolean;
  readonly schema: boolean;
}

interface Row {
  /** Where a refusal means this field. */
  readonly field: RegExp;
  /** The call from now on; `undefined` when this says nothing new. */
  readonly change: (taken: TakenFields, text: string, sent: SentFields) => TakenFields | undefined;
  /** Who says so, and how. */
  readonly source: string;
}

function withLowerCap(taken: TakenFields, text: string): TakenFields | undefined {
  const most = mostOutputTokensIn(text);
  return most === undefined || most >= taken.mostOutputTokens ? undefined : { ...taken, mostOutputTokens: most };
}

const ROWS: readonly Row[] = [
  {
    field: /\bmax_(?:output_|completion_)?tokens\b|maxOutputTokens|max output tokens/i,
    change: withLowerCap,
    source:
      "Anthropic: max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens; " +
      "Gemini: The max output tokens value must be in the range from 1 (inclusive) to 8193 (exclusive)",
  },
  {
    field: /\btemperature\b/i,
    change: (taken, _, sent) => (sent.temperature ? { ...taken, temperature: false } : undefined),
    source: "Anthropic: `temperature` may only be set to 1 when thinking is enabled; OpenAI's reasoning models",
  },
  {
    field: /response_?(?:format|schema|json_?schema)|output_(?:format|config)|json_schema|input_schema|\bschema\b/i,
    change: (taken, _, sent) => (sent.schema ? { ...taken, schema: false } : undefined),
    source:
      "Anthropic: output_config.format.schema: ...; Gemini: Invalid JSON payload ... at 'generation_config.response_schema'",
  },
];

/** Statuses with which a call is refused for what it holds. */
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 415, 422, 500, 501]);

/** How the call has to be for a provider that has refused it; `undefined` when it was refused for something else. */
export function withoutRefused(
  taken: TakenFields,
  sent: SentFields,
  { status, param, words }: Pick<Verdict["said"], "status" | "param" | "words">,
): TakenFields | undefined {
  if (!REFUSALS.has(status)) return undefined;
  for (const { field, change } of ROWS) {
    const next = field.test(param) || field.test(words) ? change(taken, words, sent) : undefined;
    if (next) return next;
  }
  return undefined;
}
