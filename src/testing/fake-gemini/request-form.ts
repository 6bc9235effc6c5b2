import { z } from "zod";
import { complaintsOf, type Complaint } from "../fake-server/complaint.ts";
import { invalid, type Refusal } from "./error.ts";

const media = z.strictObject({
  mimeType: z.string().optional(),
  data: z.string().optional(),
  fileUri: z.string().optional(),
});

const part = z.strictObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  inlineData: media.optional(),
  fileData: media.optional(),
  functionCall: z.unknown().optional(),
  functionResponse: z.unknown().optional(),
  executableCode: z.unknown().optional(),
  codeExecutionResult: z.unknown().optional(),
  videoMetadata: z.unknown().optional(),
});

const content = z.strictObject({ role: z.string().optional(), parts: z.array(part).optional() });

/** A schema in OpenAPI's way, which knows few of the words of JSON Schema: see `additionalProperties` in glowingjade/obsidian-smart-composer#455. */
const openApiSchema: z.ZodType = z.lazy(() =>
  z.strictObject({
    type: z.string().optional(),
    format: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    nullable: z.boolean().optional(),
    enum: z.array(z.string()).optional(),
    properties: z.record(z.string(), openApiSchema).optional(),
    required: z.array(z.string()).optional(),
    propertyOrdering: z.array(z.string()).optional(),
    items: openApiSchema.optional(),
    anyOf: z.array(openApiSchema).optional(),
    default: z.unknown().optional(),
    example: z.unknown().optional(),
    pattern: z.string().optional(),
    ...Object.fromEntries(BOUNDS.map((name) => [name, z.union([z.number(), z.string()]).optional()])),
  }),
);

const BOUNDS = [
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
] as const;

const generationConfig = z.strictObject({
  maxOutputTokens: z.int().optional(),
  temperature: z.number().optional(),
  topK: z.number().optional(),
  topP: z.number().optional(),
  candidateCount: z.int().optional(),
  frequencyPenalty: z.number().optional(),
  presencePenalty: z.number().optional(),
  seed: z.int().optional(),
  stopSequences: z.array(z.string()).optional(),
  responseMimeType: z.string().optional(),
  responseSchema: openApiSchema.optional(),
  responseJsonSchema: z.unknown().optional(),
  responseLogprobs: z.boolean().optional(),
  logprobs: z.int().optional(),
  responseModalities: z.array(z.string()).optional(),
  mediaResolution: z.string().optional(),
  speechConfig: z.unknown().optional(),
  imageConfig: z.unknown().optional(),
  audioTimestamp: z.boolean().optional(),
  thinkingConfig: z
    .strictObject({
      includeThoughts: z.boolean().optional(),
      thinkingBudget: z.int().optional(),
      thinkingLevel: z.string().optional(),
    })
    .optional(),
});

const call = z.strictObject({
  model: z.string().optional(),
  contents: z.array(content).optional(),
  systemInstruction: content.optional(),
  generationConfig: generationConfig.optional(),
  safetySettings: z
    .array(z.strictObject({ category: z.string(), threshold: z.string(), method: z.string().optional() }))
    .optional(),
  tools: z.array(z.looseObject({})).optional(),
  toolConfig: z.looseObject({}).optional(),
  cachedContent: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  serviceTier: z.string().optional(),
});

const embed = z.strictObject({
  model: z.string().optional(),
  content: content.optional(),
  taskType: z.string().optional(),
  title: z.string().optional(),
  outputDimensionality: z.int().optional(),
});

const FORMS = {
  call,
  count: z.strictObject({
    contents: z.array(content).optional(),
    generateContentRequest: call.optional(),
  }),
  embed,
  embedMany: z.strictObject({ requests: z.array(embed).optional() }),
} as const;

/**
 * What the API says to a request of another form than its own, in its own words (gera2ld/ai.nvim#13,
 * glowingjade/obsidian-smart-composer#455): all that is wrong, a line each.
 */
export function refuseForm(kind: "call" | "count" | "embed" | "embedMany", body: unknown): Refusal | undefined {
  const complaints = complaintsOf(FORMS[kind], body);
  if (complaints.length === 0) return undefined;
  const violations = complaints.map(violationOf);
  return invalid(violations.map(({ description }) => description).join("\n"), [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: violations },
  ]);
}

function violationOf({ about, path, expected, input }: Complaint): { field?: string; description: string } {
  const field = placeOf(about === "unknown" ? path.slice(0, -1) : path);
  const description =
    about === "unknown"
      ? `Invalid JSON payload received. Unknown name "${String(path.at(-1))}"${field === "" ? "" : ` at '${field}'`}: Cannot find field.`
      : `Invalid value at '${field}' (${INTEGERS.has(path.at(-1)) ? "TYPE_INT32" : (TYPES[expected[0] ?? ""] ?? "type.googleapis.com/google.protobuf.Value")}), ${JSON.stringify(input)}`;
  return { ...(field !== "" && { field }), description };
}

/** Numbers that are whole: a text in their place is told so. */
const INTEGERS: ReadonlySet<string | number | undefined> = new Set([
  "maxOutputTokens",
  "candidateCount",
  "seed",
  "logprobs",
  "thinkingBudget",
  "outputDimensionality",
]);

/** What protocol buffers call the types. */
const TYPES: Readonly<Record<string, string>> = {
  string: "TYPE_STRING",
  number: "TYPE_FLOAT",
  int: "TYPE_INT32",
  boolean: "TYPE_BOOL",
};

/** The path in the API's own way: `contents[0].parts[1]`, `generation_config`. */
const placeOf = (path: Complaint["path"]): string =>
  path
    .map((key) =>
      typeof key === "number" ? `[${key}]` : `.${key.replace(/[A-Z]/g, (big) => `_${big.toLowerCase()}`)}`,
    )
    .join("")
    .replace(/^\./, "");

/** Names below these are the user's, and stay as they are. */
const USERS_OWN: ReadonlySet<string> = new Set([
  "responseJsonSchema",
  "parametersJsonSchema",
  "properties",
  "args",
  "response",
  "labels",
]);

/** Names that the API knows. */
const KNOWN: ReadonlySet<string> = new Set([
  ...[call, content, part, media, generationConfig, embed].flatMap(({ shape }) => Object.keys(shape)),
  "thinkingBudget",
  "thinkingLevel",
  "includeThoughts",
  "functionDeclarations",
  "functionCallingConfig",
  "allowedFunctionNames",
  "parametersJsonSchema",
  "generateContentRequest",
  "propertyOrdering",
  "anyOf",
]);

/** The API takes `generation_config` for `generationConfig`: names that it knows, in camel case. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const camel = key.replace(/_([a-z])/g, (_, small: string) => small.toUpperCase());
      const name = KNOWN.has(camel) ? camel : key;
      return [name, USERS_OWN.has(name) ? inner : camelCased(inner)];
    }),
  );
}
