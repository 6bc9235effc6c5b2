import { filterItem, type Step, defineStep } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";

/**
 * A step that filters documents that their author withholds: drafts, private and unpublished ones. Chats pass.
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { definePipeline, runPipeline } from "holdfast";
 * import { filterPrivate, readMarkdown } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * mkdirSync("journal");
 * writeFileSync("journal/kelp.md", "---\ndraft: true\n---\n\nIt grips ...\n");
 * writeFileSync("journal/moss.md", "It holds water.\n");
 * const pipeline = definePipeline("titles").phase("import", (phase) =>
 *   phase
 *     .extract(readMarkdown("journal"))
 *     .transform(filterPrivate())
 *     .load(writeMarkdown("notes", ({ title, document }) => ({ title, body: document?.body ?? "" }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.counts.completed, session.counts.filtered);
 * // prints: 1 1
 * ```
 */
export function filterPrivate(): Step<Conversation, Conversation> {
  return defineStep({
    name: "filter_private",
    // Cheaper here than sending it to a worker.
    ownerOnly: true,
    process: (conversation: Conversation) => {
      const withheld = conversation.document?.withheld;
      return withheld === undefined ? conversation : filterItem(withheld);
    },
  });
}
