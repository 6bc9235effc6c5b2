import { HoldfastError } from "../../../core/failure/index.ts";

/** Numbers in names count as numbers: `conversations-2` stands before `conversations-10`. The same on every machine. */
export function inNameOrder(names: readonly string[]): readonly string[] {
  return [...names].sort(NAMES.compare);
}

const NAMES = new Intl.Collator("en", { numeric: true });

const SHOWN_NAMES = 8;

/** The error for a folder or zip without chats. */
export function noConversationsFile(where: string, found: readonly string[]): HoldfastError {
  const shown = inNameOrder(found).slice(0, SHOWN_NAMES).join(", ");
  const more = found.length > SHOWN_NAMES ? ` and ${found.length - SHOWN_NAMES} more` : "";
  return new HoldfastError(
    "input_malformed",
    `${where} holds no chat export: expected conversations.json or another JSON file with chats in it, found ${shown ? shown + more : "nothing"}.`,
    { hint: "Give the zip file that the service sent, the folder you unpacked it to, or its conversations.json." },
  );
}
