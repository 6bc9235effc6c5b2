import { filterItem, type Step, defineStep } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";

/** A step that filters documents that their author withholds: drafts, private and unpublished ones. Chats pass. */
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
