import { sha256 } from "../../core/base/index.ts";
import { countTokens } from "../fake-server/tokens.ts";
import type { Books } from "../fake-server/books.ts";
import { invalid, type Refusal } from "./error.ts";
import { notServed, tooLong } from "./faults.ts";
import { textOf, type FakeGeminiModel, type GeminiContent } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;

/** One text to make a vector of. */
export interface EmbedRequest {
  readonly model?: string;
  readonly content?: GeminiContent;
  readonly outputDimensionality?: number;
}

/** The vectors of texts, or why there are none. */
export function embed(
  requests: readonly EmbedRequest[],
  id: string,
  model: FakeGeminiModel | undefined,
  method: "embedContent" | "batchEmbedContents",
  bill: (more: Partial<Books>) => void,
): readonly Json[] | Refusal {
  if (model?.embedsInto === undefined) return notServed(id, method);
  const most = model.embedsInto;
  const limit = model.inputTokens ?? 2_048;
  if (method === "batchEmbedContents") {
    if (requests.length === 0) return invalid("* BatchEmbedContentsRequest.requests: requests must not be empty\n");
    if (requests.length > 100) {
      return invalid("* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n");
    }
  }
  const texts = requests.map(({ content }) => textOf(content));
  if (texts.includes("")) return invalid("* EmbedContentRequest.content: content is empty\n");
  if (requests.some(({ outputDimensionality: wanted = most }) => wanted < 1 || wanted > most)) {
    return invalid("Request contains an invalid argument.");
  }
  const tokens = texts.map(countTokens);
  const tooMany = tokens.find((count) => count > limit);
  if (tooMany !== undefined) return tooLong(tooMany, limit);
  bill({ calls: 1, inputTokens: tokens.reduce((sum, count) => sum + count, 0) });
  return requests.map(({ outputDimensionality = most }, i) => ({
    values: vectorOf(texts[i] ?? "", outputDimensionality),
  }));
}

/** Numbers from -1 to 1 that depend on the text alone, of length 1 where the vector is whole. */
function vectorOf(text: string, size: number): readonly number[] {
  const bytes: number[] = [];
  for (let part = 0; bytes.length < size; part += 1) bytes.push(...Buffer.from(sha256(`${text}\n${part}`), "hex"));
  const raw = bytes.slice(0, size).map((byte) => byte / 127.5 - 1);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}
