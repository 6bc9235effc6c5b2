import { type Fields, textOf, timeOf } from "../../../stages/extract/input/index.ts";
import { type TreeNode, type TreePaths, treePaths } from "../message-tree/index.ts";

/** A message as a node of the chat's tree. Its id is its place in the list, which every message has. */
export interface MessageNode extends TreeNode {
  readonly fields: Fields;
}

/**
 * The paths through a chat's messages; the current one ends in the message with the uuid `leafId`. Where no message
 * names another one as its parent, as in older exports, each follows the one before it, and there is one path. So does
 * a message whose parent is not in the export: it was still an answer to something, and one lost message does not take
 * all earlier ones with it.
 */
export function messagePaths(messages: readonly Fields[], leafId: string): TreePaths<MessageNode> {
  const places = new Map(messages.map((message, place) => [textOf(message["uuid"]), place]));
  places.delete("");
  const named = messages.map((message) => places.get(textOf(message["parent_message_uuid"])));
  const hasTree = named.some((parent) => parent !== undefined);
  const nodes = messages.map((fields, place) => {
    const before = hasTree && isBeginning(fields) ? undefined : place - 1;
    return {
      id: String(place),
      parent: idAt((hasTree ? named[place] : undefined) ?? before),
      children: [],
      time: timeOf(fields["created_at"]),
      fields,
    };
  });
  const paths = treePaths(nodes, hasTree ? idAt(places.get(leafId)) : idAt(messages.length - 1));
  const hasOrphan = hasTree && paths.current.some(({ id, fields }) => isOrphan(fields, named[Number(id)]));
  return hasOrphan ? { ...paths, warnings: [...paths.warnings, "orphan"] } : paths;
}

const idAt = (place: number | undefined): string | undefined =>
  place === undefined || place < 0 ? undefined : String(place);

const isBeginning = (message: Fields): boolean => ROOTS.has(message["parent_message_uuid"]);

const isOrphan = (message: Fields, parent: number | undefined): boolean =>
  parent === undefined && message["parent_message_uuid"] !== undefined && !isBeginning(message);

/** What the first message of a conversation has as its parent. */
const ROOTS: ReadonlySet<unknown> = new Set(["00000000-0000-4000-8000-000000000000", null]);
