import type { Attachment } from "../../conversation.ts";
import { type Fields, isFields, listOf, textOf } from "../../../stages/extract/input/index.ts";

/** The files that a message came with. Their content is not in the JSON, only beside it. */
export const attachmentsOf = (metadata: Fields): readonly Attachment[] =>
  listOf(metadata["attachments"]).filter(isFields).map(readAttachment);

function readAttachment(fields: Fields): Attachment {
  const mediaType = textOf(fields["mime_type"]) || textOf(fields["mimeType"]);
  const bytes = fields["size"];
  return {
    name: textOf(fields["name"]).trim() || textOf(fields["id"]).trim() || "file",
    ...(mediaType && { mediaType }),
    ...(typeof bytes === "number" && Number.isFinite(bytes) && { bytes }),
  };
}
