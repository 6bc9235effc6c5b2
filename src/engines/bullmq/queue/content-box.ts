import { sha256 } from "../../../core/base/index.ts";
import type { JsonValue } from "../../../core/base/index.ts";
import { StepError } from "../../../core/failure/index.ts";
import { INLINE_CHARACTERS, MOST_CHARACTERS, type ContentText } from "./job.ts";
import type { SharedState } from "./shared-state.ts";

/** Packs contents so that they fit into a job, and unpacks them. */
export interface ContentBox {
  /** Takes JSON text. Throws an `input` failure for one that is too large to travel. */
  pack(text: string): Promise<ContentText>;
  /** Throws when the key no longer exists. */
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
      if (text.length <= INLINE_CHARACTERS) return { text };
      if (text.length > MOST_CHARACTERS) {
        throw new StepError(
          "input",
          `A content of ${megabytes(text.length)} MB is too large for a worker; the limit is ${megabytes(MOST_CHARACTERS)} MB. Split the item, or store the text in a file or bucket and put its address into the content.`,
        );
      }
      const key = `content:${jobId}:${sha256(text).slice(0, 16)}`;
      await state.put(key, text, { ttlMs: KEPT_MS });
      return { key };
    },
    async unpack(packed) {
      const text = "text" in packed ? packed.text : await state.get(packed.key);
      if (text !== undefined) return { text, content: JSON.parse(text) as JsonValue };
      throw new Error(`A content is no longer in the queue's database.`);
    },
  };
}

/** The keys that a job's reports and content name. */
export function keysOf(contents: readonly ContentText[]): readonly string[] {
  return contents.flatMap((content) => ("key" in content ? [content.key] : []));
}

const megabytes = (characters: number): string => (characters / (1024 * 1024)).toFixed(1);
