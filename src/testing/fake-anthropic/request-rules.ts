import { countTokens } from "../fake-server/tokens.ts";
import { kindOfImage } from "../fake-server/image.ts";
import { invalid, refusal, type Refusal } from "./error.ts";
import { refuseSchema } from "./schema-rules.ts";
import { imagesOf, promptOf, textOf, type AnthropicCallBody, type FakeAnthropicModel } from "./wire.ts";

/** What an image counts as, whatever its size: about that of one of 1,092 pixels square. */
const IMAGE_TOKENS = 1_600;

export const DEFAULT_CONTEXT_TOKENS = 200_000;
const DEFAULT_MAX_OUTPUT_TOKENS = 64_000;

/** Tokens of a request: its texts, its tools, its images. */
export const tokensOf = (body: Pick<AnthropicCallBody, "system" | "messages" | "tools">): number =>
  countTokens(promptOf(body)) +
  (body.tools ? countTokens(JSON.stringify(body.tools)) : 0) +
  imagesOf(body).length * IMAGE_TOKENS;

/** What the API says to a request of the right form that it does not take: what the rules of the model are. */
export function refuseRequest(body: AnthropicCallBody, model: FakeAnthropicModel | undefined): Refusal | undefined {
  const { messages, max_tokens, thinking, temperature, top_p, tools = [], tool_choice } = body;
  if (!model) return refusal(404, "not_found_error", `model: ${body.model}`);
  if (messages.length === 0) return invalid("messages: at least one message is required");
  const empty = messages.findIndex(({ content }, i) => content.length === 0 && i < messages.length - 1);
  if (empty !== -1) {
    return invalid(
      `messages.${empty}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  if (messages.some(({ content }) => Array.isArray(content) && content.some(isEmptyText))) {
    return invalid("messages: text content blocks must be non-empty");
  }
  const last = messages.at(-1);
  if (last?.role === "user" && last.content.length === 0)
    return invalid("messages: text content blocks must be non-empty");
  if (last?.role === "assistant") {
    // cortexkit/magic-context#511
    if (!model.takesPrefill) {
      return invalid(
        "This model does not support assistant message prefill. The conversation must end with a user message.",
      );
    }
    if (/\s$/.test(textOf(last.content))) {
      return invalid("messages: final assistant content cannot end with trailing whitespace");
    }
  }
  const { maxOutputTokens = DEFAULT_MAX_OUTPUT_TOKENS, contextTokens = DEFAULT_CONTEXT_TOKENS } = model;
  // OpenHands/OpenHands#11090
  if (max_tokens > maxOutputTokens) {
    return invalid(
      `max_tokens: ${max_tokens} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`,
    );
  }
  if (thinking?.type === "enabled" && max_tokens <= (thinking.budget_tokens ?? 0)) {
    return invalid("`max_tokens` must be greater than `thinking.budget_tokens`.");
  }
  if (thinks(body) && temperature !== undefined && temperature !== 1) {
    return invalid("`temperature` may only be set to 1 when thinking is enabled.");
  }
  if (thinks(body) && (tool_choice?.type === "any" || tool_choice?.type === "tool")) {
    return invalid("Thinking may not be enabled when tool_choice forces tool use.");
  }
  if (temperature !== undefined && top_p !== undefined) {
    return invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
  if (tool_choice?.type === "tool" && !tools.some(({ name }) => name === tool_choice.name)) {
    return invalid(`Tool '${tool_choice.name ?? ""}' not found in provided tools`);
  }
  const tokens = tokensOf(body);
  // whoz-oss/coday#26
  if (tokens >= contextTokens) return invalid(`prompt is too long: ${tokens} tokens > ${contextTokens} maximum`);
  // continuedev/continue#6080
  if (model.refusesOverlap && tokens + max_tokens > contextTokens) {
    return invalid(
      `input length and \`max_tokens\` exceed context limit: ${tokens} + ${max_tokens} > ${contextTokens}, decrease input length or \`max_tokens\` and try again`,
    );
  }
  return refuseSchema(body.output_config?.format?.schema) ?? refuseImage(body);
}

export const thinks = ({ thinking }: AnthropicCallBody): boolean =>
  thinking !== undefined && thinking.type !== "disabled";

const isEmptyText = ({ type, text }: { readonly type: string; readonly text?: string }): boolean =>
  type === "text" && (text ?? "").trim() === "";

function refuseImage(body: AnthropicCallBody): Refusal | undefined {
  for (const [m, { content }] of body.messages.entries()) {
    if (typeof content === "string") continue;
    for (const [b, { type, source }] of content.entries()) {
      const place = `messages.${m}.content.${b}.image.source`;
      if (type !== "image" || !source) continue;
      if (source.type === "url" && !source.url?.startsWith("https://")) {
        return invalid(`${place}.url.url: Only HTTPS URLs are supported.`);
      }
      if (source.type !== "base64") continue;
      const { data = "" } = source;
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return invalid(`${place}.base64: invalid base64 data`);
      const kind = kindOfImage(Buffer.from(data, "base64"));
      if (kind === undefined) return invalid("Could not process image");
      if (kind !== source.media_type) {
        return invalid(`${place}.base64: Image does not match the provided media type ${source.media_type ?? ""}`);
      }
    }
  }
  return undefined;
}
