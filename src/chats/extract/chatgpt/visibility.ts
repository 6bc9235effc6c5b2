import type { Fields } from "../../../stages/extract/input/index.ts";
import type { MessageFacts } from "./message-facts.ts";
import { isCanvas, runsCode } from "./recipient.ts";

/** Whether the page of the chat keeps this message to itself: instructions, context, thoughts, and calls to tools. */
export function isHidden(message: Fields, facts: MessageFacts): boolean {
  const { role, recipient, channel, contentType, metadata } = facts;
  return (
    role === "system" ||
    message["weight"] === 0 ||
    metadata["is_visually_hidden_from_conversation"] === true ||
    metadata["is_user_system_message"] === true ||
    HIDDEN_TYPES.has(contentType) ||
    (contentType === "text" && channel === "analysis") ||
    (role !== "user" && !isShownTo(recipient, facts))
  );
}

/** Never shown, whatever else a message says of itself: they hold what a person told the service about themselves. */
const HIDDEN_TYPES: ReadonlySet<string> = new Set(["user_editable_context", "model_editable_context"]);

function isShownTo(recipient: string, { role, contentType }: MessageFacts): boolean {
  if (recipient === "all" || isCanvas(recipient)) return true;
  // What a tool gives back is at times for the assistant; what is shown of it, its type says.
  if (role === "tool") return recipient === "assistant";
  return runsCode(recipient) && contentType === "code";
}
