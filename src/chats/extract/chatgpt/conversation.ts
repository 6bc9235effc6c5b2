import { assembleConversation } from "../assemble-conversation.ts";
import { Branches, type ParseOptions, type ParsedConversation } from "../conversation-format.ts";
import { type Fields, isFields, textOf } from "../../../stages/extract/input/index.ts";
import { readPaths } from "../message-tree/index.ts";
import { wrongFields } from "../wrong-fields.ts";
import { urlOf } from "./identity.ts";
import { type MappingEntry, mappingPaths } from "./mapping-paths.ts";
import { readMessage } from "./message.ts";
import { unixTimeOf } from "./time.ts";

/** Reads one element of `conversations.json`. Never throws: a field of a wrong type counts as missing. */
export function parseChatGptConversation(
  fields: Fields,
  id: string,
  { branches = Branches.current }: ParseOptions = {},
): ParsedConversation {
  const paths = mappingPaths(fields);
  const facts = {
    provider: "chatgpt",
    id,
    title: textOf(fields["title"]).trim(),
    createdAt: unixTimeOf(fields["create_time"]),
    updatedAt: unixTimeOf(fields["update_time"]),
    url: urlOf(id),
    warnings: paths.warnings,
    drift: wrongFields("conversation", fields, FIELD_TYPES),
  };
  return assembleConversation(facts, readPaths(paths, branches, readMessage));
}

/**
 * Why a chat that holds messages would give none, or `undefined` when it is not so. Its current path then leads past
 * them, and leaving the chat out as a short one would hide that.
 */
export function emptyPathComplaint(
  fields: Fields,
  { branches = Branches.current }: ParseOptions = {},
): string | undefined {
  if (branches === Branches.all || endsInMessage(fields)) return undefined;
  const { current, others } = mappingPaths(fields);
  if (current.some(isShown)) return undefined;
  const besides = others.flatMap(({ nodes }) => nodes);
  const held = current.some(holdsMessage) ? 0 : besides.filter(holdsMessage).length;
  const count = besides.filter(isShown).length || held;
  if (count === 0) return undefined;
  return `shows no message on its current branch, though other branches hold ${count}; set \`branches\` to all to read them`;
}

/** Nearly every chat does, and then there is no need to look at its tree. */
function endsInMessage({ mapping, current_node: id }: Fields): boolean {
  if (!isFields(mapping) || typeof id !== "string" || !Object.hasOwn(mapping, id)) return false;
  const node = mapping[id];
  return isFields(node) && isShown({ id, message: node["message"], documentId: undefined });
}

const isShown = (entry: MappingEntry): boolean => readMessage(entry).message !== undefined;

const holdsMessage = ({ message }: MappingEntry): boolean => isFields(message);

const FIELD_TYPES = {
  id: ["string"],
  conversation_id: ["string"],
  title: ["string"],
  create_time: ["number", "string"],
  update_time: ["number", "string"],
  current_node: ["string"],
} as const;
