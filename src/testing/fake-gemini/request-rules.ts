import { kindOfImage } from "../fake-server/image.ts";
import { countTokens } from "../fake-server/tokens.ts";
import { invalid, type Refusal } from "./error.ts";
import { notServed, tooLong } from "./faults.ts";
import { mediaOf, promptOf, type FakeGeminiModel, type GeminiCallBody } from "./wire.ts";

/** What an image counts as: https://ai.google.dev/gemini-api/docs/tokens has 258 for a small one. */
const IMAGE_TOKENS = 258;

export const DEFAULT_INPUT_TOKENS = 1_048_576;
export const DEFAULT_OUTPUT_TOKENS = 65_536;

/** Tokens of a request: its texts, its tools, its images and files. */
export const tokensOf = (body: Pick<GeminiCallBody, "systemInstruction" | "contents" | "tools">): number =>
  countTokens(promptOf(body)) +
  (body.tools ? countTokens(JSON.stringify(body.tools)) : 0) +
  mediaOf(body).length * IMAGE_TOKENS;

/** What the API says to a request of the right form that it does not take. */
export function refuseRequest(
  { contents = [], ...body }: Partial<GeminiCallBody>,
  id: string,
  model: FakeGeminiModel | undefined,
  method: string,
): Refusal | undefined {
  if (!model || model.embedsInto !== undefined) return notServed(id, method);
  const { generationConfig = {} } = body;
  if (contents.length === 0) return invalid("* GenerateContentRequest.contents: contents is not specified\n");
  for (const [c, { role = "user", parts = [] }] of contents.entries()) {
    // songquanpeng/one-api#1385
    if (!ROLES.has(role)) return invalid("Please use a valid role: user, model.");
    const place = `GenerateContentRequest.contents[${c}].parts`;
    // QuantumNous/new-api#1060
    if (parts.length === 0) return invalid(`* ${place}: contents.parts must not be empty.\n`);
    // boldsoftware/sketch#68
    const bare = parts.findIndex((part) => Object.keys(part).every((name) => NO_DATA.has(name)));
    if (bare !== -1) {
      return invalid(`* ${place}[${bare}].data: required oneof field 'data' must have one initialized field\n`);
    }
  }
  const { outputTokens = DEFAULT_OUTPUT_TOKENS, inputTokens = DEFAULT_INPUT_TOKENS } = model;
  const { maxOutputTokens, temperature, thinkingConfig, responseMimeType, responseSchema } = generationConfig;
  if (maxOutputTokens !== undefined && (maxOutputTokens < 1 || maxOutputTokens > outputTokens)) {
    return invalid(
      `Unable to submit request because it has a maxOutputTokens value of ${maxOutputTokens} but the supported range is from 1 (inclusive) to ${outputTokens + 1} (exclusive). Update the value and try again.`,
    );
  }
  if (temperature !== undefined && (temperature < 0 || temperature > 2)) {
    return invalid(
      `* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n`,
    );
  }
  if (thinkingConfig?.thinkingBudget !== undefined && thinkingConfig.thinkingLevel !== undefined) {
    return invalid("You can only set only one of thinking budget and thinking level.");
  }
  // The words for the rest are the API's own for what it does not explain.
  if (responseSchema !== undefined && responseMimeType === undefined) return invalid(UNEXPLAINED);
  const tokens = tokensOf({ contents, ...body });
  if (tokens > inputTokens) return tooLong(tokens, inputTokens);
  return refuseMedia({ contents });
}

const UNEXPLAINED = "Request contains an invalid argument.";

const ROLES: ReadonlySet<string> = new Set(["user", "model", "function"]);

/** Names of a part that are no data. */
const NO_DATA: ReadonlySet<string> = new Set(["thought", "thoughtSignature", "videoMetadata"]);

function refuseMedia(body: Pick<GeminiCallBody, "contents">): Refusal | undefined {
  for (const { inlineData } of mediaOf(body)) {
    if (!inlineData) continue;
    const { mimeType = "", data = "" } = inlineData;
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(data)) return invalid("Base64 decoding failed for inline data");
    if (!mimeType.includes("/")) return invalid(`Unsupported MIME type: ${mimeType}`);
    if (mimeType.startsWith("image/") && kindOfImage(Buffer.from(data, "base64")) === undefined) {
      return invalid(
        "Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
      );
    }
  }
  return undefined;
}
