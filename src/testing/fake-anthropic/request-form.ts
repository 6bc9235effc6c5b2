import { z } from "zod";
import { complaintsOf, type Complaint } from "../fake-server/complaint.ts";
import { invalid, type Refusal } from "./error.ts";

const cacheControl = z.strictObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() }).nullish();

const text = z.strictObject({
  type: z.literal("text"),
  text: z.string(),
  cache_control: cacheControl,
  citations: z.unknown().optional(),
});

const image = z.strictObject({
  type: z.literal("image"),
  cache_control: cacheControl,
  source: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("base64"),
      media_type: z.enum(["image/jpeg", "image/png", "image/gif", "image/webp"]),
      data: z.string(),
    }),
    z.strictObject({ type: z.literal("url"), url: z.string() }),
    z.strictObject({ type: z.literal("file"), file_id: z.string() }),
  ]),
});

/** Blocks that the fake takes as they are. */
const OTHER_BLOCKS = [
  "document",
  "search_result",
  "thinking",
  "redacted_thinking",
  "tool_use",
  "tool_result",
  "server_tool_use",
] as const;

const block = z.discriminatedUnion("type", [
  text,
  image,
  ...OTHER_BLOCKS.map((type) => z.looseObject({ type: z.literal(type) })),
]);

const FIELDS = {
  model: z.string(),
  messages: z.array(
    z.strictObject({ role: z.enum(["user", "assistant"]), content: z.union([z.string(), z.array(block)]) }),
  ),
  system: z.union([z.string(), z.array(text)]).optional(),
  thinking: z
    .discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("enabled"),
        budget_tokens: z.int().min(1024),
        display: z.enum(["summarized", "omitted"]).optional(),
      }),
      z.strictObject({ type: z.literal("adaptive"), display: z.enum(["summarized", "omitted"]).optional() }),
      z.strictObject({ type: z.literal("disabled") }),
    ])
    .optional(),
  tools: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "tool", "none"]) }).optional(),
  cache_control: cacheControl,
  output_config: z
    .strictObject({
      effort: z.enum(["low", "medium", "high", "xhigh", "max"]).optional(),
      format: z.strictObject({ type: z.literal("json_schema"), schema: z.looseObject({}) }).nullish(),
      task_budget: z.unknown().optional(),
    })
    .optional(),
};

const CALL_FIELDS = {
  ...FIELDS,
  max_tokens: z.int().min(1),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
  inference_geo: z.string().nullish(),
  container: z.unknown().optional(),
};

/** Fields that the API knows only where the header `anthropic-beta` asks for something. */
const BETA_FIELDS = {
  mcp_servers: z.unknown().optional(),
  context_management: z.unknown().optional(),
  output_format: z.unknown().optional(),
  speed: z.unknown().optional(),
  fallbacks: z.unknown().optional(),
  thread: z.unknown().optional(),
};

const FORMS = {
  call: [z.strictObject(CALL_FIELDS), z.strictObject({ ...CALL_FIELDS, ...BETA_FIELDS })],
  count: [z.strictObject(FIELDS), z.strictObject({ ...FIELDS, ...BETA_FIELDS })],
} as const;

/**
 * What the API says to a request of another form than its own, in its own words (ianarawjo/ChainForge#271, amrit110/oli#7,
 * themaximalist/llm.js#30): the first thing that is wrong.
 */
export function refuseForm(kind: "call" | "count", body: unknown, hasBeta: boolean): Refusal | undefined {
  const [complaint] = complaintsOf(FORMS[kind][hasBeta ? 1 : 0], body);
  return complaint && invalid(wordsFor(complaint));
}

function wordsFor({ about, path, expected, input }: Complaint): string {
  const place = path.join(".");
  const [bound = ""] = expected;
  if (about === "value" && path[0] === "messages" && path.length === 3 && path[2] === "role" && input === "system") {
    return 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.';
  }
  switch (about) {
    case "missing":
      return `${place}: Field required`;
    case "unknown":
      return `${place}: Extra inputs are not permitted`;
    case "type":
      return `${place}: Input should be a valid ${INTEGERS.has(path.at(-1)) ? "integer" : (TYPES[bound] ?? bound)}`;
    case "small":
      return `${withTag(place)}: Input should be greater than or equal to ${bound}`;
    case "large":
      return `${place}: Input should be less than or equal to ${bound}`;
    case "value":
      return path.at(-1) === "type"
        ? `${path.slice(0, -1).join(".")}: Input tag '${String(input)}' found using 'type' does not match any of the expected tags`
        : `${place}: Input should be ${quoted(expected)}`;
  }
}

/** Numbers that are whole: a text in their place is told so. */
const INTEGERS: ReadonlySet<string | number | undefined> = new Set(["max_tokens", "budget_tokens", "top_k"]);

/** What Python calls the types. */
const TYPES: Readonly<Record<string, string>> = {
  array: "list",
  object: "dictionary",
  int: "integer",
  record: "dictionary",
};

/** The real one names the kind of thinking in the path. */
const withTag = (place: string): string => place.replace("thinking.budget_tokens", "thinking.enabled.budget_tokens");

const quoted = (values: readonly string[]): string =>
  values
    .map((value) => `'${value}'`)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
