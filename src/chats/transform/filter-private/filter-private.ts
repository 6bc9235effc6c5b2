import { filterItem, type Step, defineStep } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";

/** Filters documents that their author keeps back: drafts, private and unpublished ones. Chats go through. */
export function filterPrivate(): Step<Conversation, Conversation> {
  return defineStep({
    name: "filter_private",
    // Cheaper than the way to a worker.
    ownerOnly: true,
    process: (conversation: Conversation) => {
      const withheld = conversation.document?.withheld;
      return withheld === undefined ? conversation : filterItem(withheld);
    },
  });
}
