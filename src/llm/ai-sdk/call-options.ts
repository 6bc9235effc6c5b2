import { StepError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import { mediaTypeOf, type GenerateRequest, type ImagePart, type Message } from "../../core/model/index.ts";
import type { AddressPatterns } from "./ai-sdk-model.ts";
import { isFields } from "./fields.ts";
import { KEY_HEADERS } from "./insides.ts";
import type { TakenFields } from "./taken-fields.ts";

type ProviderOptions = Readonly<Record<string, JsonValue>>;

/** What is the same for every call of a model. */
export interface CallSettings {
  /** How the model's specification gives an image. */
  readonly version: string;
  /** The key of the provider's own options. */
  readonly optionsKey: string;
  /** The addresses that the provider fetches itself. */
  readonly fetched: AddressPatterns;
  readonly temperature: number | undefined;
  readonly providerOptions: ProviderOptions;
  readonly headers: Readonly<Record<string, string>>;
}

/** The call of one request, as far as the provider takes it; without its signal, so that it can be kept as evidence. */
export function callOptions(
  settings: CallSettings,
  request: GenerateRequest & { readonly maxOutputTokens: number },
  taken: TakenFields,
): Readonly<Record<string, unknown>> {
  const { responseSchema, temperature = settings.temperature, idempotencyKey } = request;
  return {
    prompt: promptOf(request, settings),
    maxOutputTokens: request.maxOutputTokens,
    ...(taken.temperature && temperature !== undefined && { temperature }),
    ...(taken.schema &&
      responseSchema !== undefined && { responseFormat: { type: "json", name: "answer", schema: responseSchema } }),
    providerOptions: byProvider(settings.optionsKey, settings.providerOptions, request.providerOptions ?? {}),
    headers: {
      ...withoutKeys(settings.headers),
      ...withoutKeys(request.headers ?? {}),
      // A header holds Latin letters only, and an item's id may hold any.
      ...(idempotencyKey !== undefined && { "idempotency-key": encodeURIComponent(idempotencyKey) }),
    },
  };
}

/** Names of headers are the same in capitals, and the key is the model's, whatever a step sets. */
const withoutKeys = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      KEY_HEADERS.has(name.toLowerCase()) ? [] : [[name.toLowerCase(), value]],
    ),
  );

/** Some packages read the options of more than one provider. */
const KEYS: ReadonlySet<string> = new Set([
  "openai",
  "anthropic",
  "google",
  "googleVertex",
  "vertex",
  "mistral",
  "azure",
  "bedrock",
  "amazonBedrock",
  "gateway",
  "openaiCompatible",
]);

/** Options by provider, as the SDK has them. Those that stand under no provider's name are the own provider's. */
function byProvider(key: string, ...all: readonly ProviderOptions[]): Readonly<Record<string, ProviderOptions>> {
  const found: Record<string, ProviderOptions> = {};
  for (const options of all) {
    for (const [name, value] of Object.entries(options)) {
      const isOfProvider = (name === key || KEYS.has(name)) && isFields(value);
      const [of, fields] = isOfProvider ? [name, value as ProviderOptions] : [key, { [name]: value }];
      found[of] = { ...found[of], ...fields };
    }
  }
  return found;
}

function promptOf(
  { system, prompt, messages }: GenerateRequest,
  settings: Pick<CallSettings, "version" | "fetched">,
): readonly object[] {
  return [
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    ...(messages?.map((message) => messageOf(message, settings)) ?? [
      { role: "user", content: [{ type: "text", text: prompt }] },
    ]),
  ];
}

function messageOf({ role, content }: Message, settings: Pick<CallSettings, "version" | "fetched">): object {
  const parts = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  if (role === "system") {
    return { role, content: parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n") };
  }
  return {
    role,
    content: parts.map((part) =>
      part.type === "text" ? { type: "text", text: part.text } : { type: "file", ...imageOf(part, settings) },
    ),
  };
}

function imageOf(part: ImagePart, { version, fetched }: Pick<CallSettings, "version" | "fetched">): object {
  const { image } = part;
  const mediaType = mediaTypeOf(part);
  if (typeof image === "string" && !image.startsWith("data:")) {
    const url = addressIn(image);
    if (!isFetched(image, fetched)) {
      throw new StepError("input", "This provider does not fetch images itself. Give the image in bytes.");
    }
    return { mediaType: mediaType ?? "image/*", data: version === "v4" ? { type: "url", url } : url };
  }
  const [, saidType, base64] =
    typeof image === "string" ? (/^data:([^;,]+);base64,(.*)$/s.exec(image) ?? []) : [undefined, undefined, undefined];
  const type = mediaType ?? saidType;
  const data = typeof image === "string" ? base64 : Buffer.from(image).toString("base64");
  if (type === undefined || data === undefined) {
    throw new StepError(
      "input",
      "An image in the messages is of no kind that is known. Give its `mediaType`: image/png.",
    );
  }
  return { mediaType: type, data: version === "v4" ? { type: "data", data } : data };
}

function addressIn(image: string): URL {
  if (URL.canParse(image)) return new URL(image);
  throw new StepError("input", "An image in the messages is neither bytes nor an address.");
}

/** Whether a provider fetches an image from its address: what its package says, of all types or of images. */
const isFetched = (address: string, fetched: AddressPatterns): boolean =>
  Object.entries(fetched).some(
    ([type, patterns]) =>
      /^(?:\*|image\/|\*\/\*)/.test(type) && patterns.some((pattern) => pattern.test(address.toLowerCase())),
  );
