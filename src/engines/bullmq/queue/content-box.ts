import { sha256 } from "../../../core/base/index.ts";
import type { JsonValue } from "../../../core/base/index.ts";
import { messageOf, StepError } from "../../../core/failure/index.ts";
import { INLINE_CHARACTERS, MOST_CHARACTERS, PART_CHARACTERS, type ContentText } from "./job.ts";
import { refusalOf } from "./refusal.ts";
import type { SharedState } from "./shared-state.ts";

/** Packs contents so that they fit into a job, and unpacks them. */
export interface ContentBox {
  /** Takes JSON text. Throws an `input` failure for one that is too large to travel, or that the database refuses. */
  pack(text: string): Promise<ContentText>;
  /** Throws a `transient` failure when the key no longer exists, or holds something else than was packed. */
  unpack(packed: ContentText): Promise<UnpackedContent>;
}

export interface UnpackedContent {
  readonly content: JsonValue;
  /** The same as JSON text. */
  readonly text: string;
}

/** How long an abandoned large content is kept: longer than any job waits. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Large contents are kept in the shared state under a key of the job's own, which says their hash too: packing the same
 * content twice keeps it once.
 */
export function contentBox(jobId: string, state: Pick<SharedState, "get" | "put">): ContentBox {
  return {
    async pack(text) {
      if (isInline(text)) return { text };
      if (text.length > MOST_CHARACTERS) {
        throw new StepError(
          "input",
          `A content of ${megabytes(text.length)} MB is too large for a worker; the limit is ${megabytes(MOST_CHARACTERS)} MB. Split the item, or store the text in a file or bucket and put its address into the content.`,
        );
      }
      const key = `content:${jobId}:${sha256(text).slice(0, 16)}`;
      const parts = Math.ceil(text.length / PART_CHARACTERS);
      const packed: ContentText = parts === 1 ? { key } : { key, parts };
      for (const [index, partKey] of partsOf(packed).entries()) {
        await put(partKey, text.slice(index * PART_CHARACTERS, (index + 1) * PART_CHARACTERS));
      }
      return packed;
    },
    async unpack(packed) {
      const text = "text" in packed ? packed.text : await getAll(partsOf(packed));
      if (text === undefined) throw new StepError("transient", "A content is no longer in the queue's database.");
      return { text, content: contentOf(text) };
    },
  };

  async function put(key: string, text: string): Promise<void> {
    try {
      await state.put(key, text, { ttlMs: KEPT_MS });
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal === undefined) throw cause;
      const message = `The queue's database refuses a content of ${megabytes(text.length)} MB: ${refusal}.`;
      throw new StepError("input", message, { cause });
    }
  }

  async function getAll(keys: readonly string[]): Promise<string | undefined> {
    const texts: string[] = [];
    let characters = 0;
    for (const key of keys) {
      const text = await get(key);
      if (text === undefined) return undefined;
      characters += text.length;
      // Whoever reaches the database may have written it: a process would run out of memory.
      if (characters > MOST_CHARACTERS) {
        throw new StepError(
          "transient",
          `A content in the queue is larger than the limit of ${megabytes(MOST_CHARACTERS)} MB: no worker has made it.`,
        );
      }
      texts.push(text);
    }
    return texts.join("");
  }

  async function get(key: string): Promise<string | undefined> {
    try {
      return await state.get(key);
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal === undefined) throw cause;
      throw new StepError("transient", `A content in the queue cannot be read: ${refusal}.`, { cause });
    }
  }
}

/** Whether the content travels in its job. */
export const isInline = (text: string): boolean => text.length <= INLINE_CHARACTERS;

/** The content of its JSON text. Throws a `transient` failure when it is none. */
export function contentOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new StepError("transient", `A content in the queue is not JSON: ${messageOf(cause)}.`, { cause });
  }
}

/** The keys that a job's reports and content name. */
export function keysOf(contents: readonly ContentText[]): readonly string[] {
  return contents.flatMap((content) => ("key" in content ? partsOf(content) : []));
}

const partsOf = ({ key, parts = 1 }: Extract<ContentText, { readonly key: string }>): readonly string[] =>
  parts === 1 ? [key] : Array.from({ length: parts }, (_, index) => `${key}:${index}`);

const megabytes = (characters: number): string => (characters / (1024 * 1024)).toFixed(1);
