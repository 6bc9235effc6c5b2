import { z } from "zod";
import type { Embedding } from "../../core/model/index.ts";
import type { ReportedUsage } from "../answer/index.ts";

/** What came of `POST /embeddings`. */
export interface EmbeddingList {
  /** In the order of the texts; what is no vector stays as it is. */
  readonly embeddings: readonly Embedding[];
  readonly usage: ReportedUsage | undefined;
}

/** Reads an answer; `undefined` when it is none. An error that stands in it is `error`. */
export function readEmbeddings(text: string): EmbeddingList | { readonly error: unknown } | undefined {
  const read = parse(text);
  if (read === undefined) return undefined;
  if (read.data === undefined) return read.error === undefined ? undefined : { error: read.error };
  return { embeddings: inOrder(read.data).map(vectorOf), usage: read.usage ?? undefined };
}

// The vectors are looked at number by number elsewhere: this is only about where they stand.
const answer = z.object({
  data: z.array(z.object({ index: z.number().optional(), embedding: z.unknown().optional() })).optional(),
  usage: z.record(z.string(), z.unknown()).nullish(),
  error: z.unknown().optional(),
});

type Item = NonNullable<z.infer<typeof answer>["data"]>[number];

/** A server may give them in any order, and says which is which; one that does not gives them in theirs. */
function inOrder(items: readonly Item[]): readonly Item[] {
  const places = new Set(items.map(({ index }) => index));
  const isNumbered = places.size === items.length && items.every((_, at) => places.has(at));
  return isNumbered ? items.toSorted((one, other) => (one.index ?? 0) - (other.index ?? 0)) : items;
}

/** Numbers, or base64 of 32-bit numbers with the least byte first. */
function vectorOf({ embedding }: Item): Embedding {
  if (typeof embedding !== "string") return embedding as Embedding;
  const bytes = Buffer.from(embedding, "base64");
  if (bytes.length === 0 || bytes.length % 4 !== 0) return [];
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(4 * at));
}

function parse(text: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
