import { defineStep, type Step, filterItem } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";

/** What {@link filterShort} lets through. */
export interface FilterShortOptions {
  /** Conversations with fewer messages of the person and the assistant are filtered; 0 keeps all. @default 3 */
  readonly minMessages?: number;
}

/**
 * A step that filters conversations with too few messages for a note. Only messages of the person and the assistant
 * count. Of documents only empty ones are filtered.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { filterShort, readChats } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * const pipeline = definePipeline("titles").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/claude-export"))
 *     .transform(filterShort({ minMessages: 7 }))
 *     .load(writeMarkdown("notes", ({ title, messages }) => ({ title, body: `${messages.length} messages` }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.counts.completed, session.counts.filtered);
 * // prints: 4 13
 * ```
 */
export function filterShort(options: FilterShortOptions = {}): Step<Conversation, Conversation> {
  const { minMessages = 3 } = options;
  if (!Number.isInteger(minMessages) || minMessages < 0) {
    throw new RangeError(`Expected \`minMessages\` to be a whole number >= 0, got ${minMessages}`);
  }
  return defineStep({
    name: "filter_short",
    // Cheaper here than sending it to a worker.
    ownerOnly: true,
    process: (conversation: Conversation) => {
      const count = conversation.messages.filter(({ role }) => role === "user" || role === "assistant").length;
      // A document is one message however long it is.
      const isEnough = conversation.document ? count > 0 : count >= minMessages;
      if (isEnough || minMessages === 0) return conversation;
      // Reports group by reason, so it names the rule and not this conversation's count.
      return filterItem(count === 0 ? "no messages" : `fewer than ${minMessages} messages`);
    },
  });
}
