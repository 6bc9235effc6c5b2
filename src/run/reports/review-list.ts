import { existsSync } from "node:fs";
import { SessionManager } from "../../core/session/index.ts";
import { isTry } from "./is-try.ts";
import { listItems } from "./list-items.ts";

/** A note in review. */
export interface ReviewItem {
  readonly sessionId: string;
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  /** Why it was sent to review. */
  readonly reason: string | undefined;
  /** Absolute path of the note. */
  readonly outputPath: string | undefined;
}

/** Whose notes {@link listReview} lists. */
export interface ReviewQuery {
  /** Only this session's. @default all sessions */
  readonly session?: string | undefined;
}

/** The most notes that are listed. */
const MOST_OF_A_SESSION = 10_000;

/**
 * Lists the notes in review folders, those of the newest session first. A note that several sessions sent to review is
 * listed with the newest one; a note whose file is gone is left out, since it was dealt with.
 *
 * @example
 * ```ts
 * import { definePipeline, listReview, runPipeline, sendToReview } from "holdfast";
 * import { readJsonl } from "holdfast/sources";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * const pipeline = definePipeline("docs").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("examples/summaries/docs.jsonl"))
 *     .step("check", (doc) => sendToReview("nobody has read it yet", JSON.stringify(doc)))
 *     .load(writeMarkdown("notes", (body) => ({ title: "A document", body }))),
 * );
 * await runPipeline(pipeline);
 * for (const { itemId, reason } of await listReview(".holdfast")) console.log(itemId, reason);
 * // prints: kelp nobody has read it yet
 * // prints: retries nobody has read it yet
 * // prints: checkpoints nobody has read it yet
 * ```
 */
export async function listReview(workspace: string, { session }: ReviewQuery = {}): Promise<readonly ReviewItem[]> {
  const sessions = new SessionManager(workspace);
  const listed =
    session === undefined ? await sessions.list() : [{ id: session, session: await sessions.load(session) }];
  const found = new Map<string, ReviewItem>();
  for (const { id, session: known } of listed) {
    if (!known || known.counts.review === 0) continue;
    // The notes of a try are no notes of anybody's yet.
    if (session === undefined && isTry(known)) continue;
    const { items } = await listItems(workspace, id, { status: "review", limit: MOST_OF_A_SESSION });
    for (const { phase, itemId, sourcePath, reason, outputPath } of items) {
      const key = outputPath ?? `${id} ${itemId}`;
      const isThere = outputPath === undefined || existsSync(outputPath);
      if (isThere && !found.has(key)) found.set(key, { sessionId: id, phase, itemId, sourcePath, reason, outputPath });
    }
  }
  return [...found.values()];
}
