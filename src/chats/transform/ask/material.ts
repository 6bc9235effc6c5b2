import type { Material, MaterialMessage } from "../../../core/model/index.ts";
import type { Conversation } from "../../conversation.ts";

/** The text of a conversation as an engine without instructions takes it. Documents are messages of their own. */
export function materialOf({ title, messages, artifacts }: Conversation): Material {
  const said = messages.flatMap(({ role, text, attachments }): readonly MaterialMessage[] => [
    ...attachments.map((attachment) => ({ role: "attachment", text: attachment.text ?? "" })),
    { role, text },
  ]);
  const written = artifacts.map((artifact) => ({ role: "artifact", text: artifact.text }));
  return { title, messages: [...said, ...written].filter(({ role, text }) => role !== "system" && text.trim() !== "") };
}
