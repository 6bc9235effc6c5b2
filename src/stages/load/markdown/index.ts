export { acceptNote, type AcceptedNote } from "./accept-note.ts";
export { Layout } from "../../note/index.ts";
export { OnEdited } from "./on-edited.ts";
export { writeMarkdown, type WriteMarkdownOptions } from "./write-markdown.ts";
export { pathsBeside } from "./beside.ts";
export { ALREADY_BESIDE, KEPT } from "./load-note.ts";
export { siblingId } from "./on-edited.ts";
export { REVIEW_FOLDER } from "./write-markdown.ts";
