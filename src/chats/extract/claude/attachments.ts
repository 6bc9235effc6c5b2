import type { Attachment } from "../../conversation.ts";
import { type Fields, isFields, listOf, textOf } from "../../../stages/extract/input/index.ts";

/** A message's attachments with the text the service took out of them, then the files of which there is only a name. */
export function attachmentsOf(message: Fields): readonly Attachment[] {
  const attachments = listOf(message["attachments"]).filter(isFields).map(readAttachment);
  const names = new Set(attachments.map(({ name }) => name));
  const files = [...listOf(message["files"]), ...listOf(message["files_v2"])]
    .filter(isFields)
    .map(readAttachment)
    .filter(({ name }) => !names.has(name) && names.add(name));
  return [...attachments, ...files];
}

function readAttachment(fields: Fields): Attachment {
  const mediaType = textOf(fields["file_type"]);
  const bytes = fields["file_size"];
  const text = textOf(fields["extracted_content"]);
  return {
    // Text that was pasted in is an attachment without a name.
    name: textOf(fields["file_name"]).trim() || "pasted text",
    ...(mediaType && { mediaType }),
    ...(typeof bytes === "number" && Number.isFinite(bytes) && { bytes }),
    ...(text && { text }),
  };
}
