import { type Fields, textOf } from "../../../stages/extract/input/index.ts";

/** The conversation's own id; exports give it as `id`, as `conversation_id`, or as both. */
export const idOf = (fields: Fields): string | undefined =>
  textOf(fields["id"]).trim() || textOf(fields["conversation_id"]).trim() || undefined;

/** The page of a conversation, when the id can be one of the service's. */
export const urlOf = (id: string): string | undefined =>
  /^[\w-]+$/.test(id) ? `https://chatgpt.com/c/${id}` : undefined;
