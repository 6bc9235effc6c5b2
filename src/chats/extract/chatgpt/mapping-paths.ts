import { type Fields, isFields, listOf, textOf } from "../../../stages/extract/input/index.ts";
import { type TreeNode, type TreePaths, treePaths } from "../message-tree/index.ts";
import { unixTimeOf } from "./time.ts";

/** What is read of one entry of `mapping`. */
export interface MappingEntry {
  readonly id: string;
  /** As it stands there; the root and deleted messages have null. */
  readonly message: unknown;
  /** The Canvas document that the message wrote to, which only the tool's reply names. */
  readonly documentId: string | undefined;
}

export type MappingNode = MappingEntry & TreeNode;

/** The paths through a conversation's `mapping`; anything but an object counts as an empty one. */
export function mappingPaths({ mapping, current_node: currentNode }: Fields): TreePaths<MappingNode> {
  const entries = Object.entries(isFields(mapping) ? mapping : {}).map(([id, node]): [string, Fields] => [
    id,
    isFields(node) ? node : {},
  ]);
  const documentIds = new Map(entries.flatMap(([, node]) => namedDocument(node)));
  const nodes = entries.map(([id, { parent, children, message }]) => ({
    id,
    parent: typeof parent === "string" ? parent : undefined,
    children: listOf(children).filter((child) => typeof child === "string"),
    time: isFields(message) ? unixTimeOf(message["create_time"]) : undefined,
    message,
    documentId: documentIds.get(id),
  }));
  return treePaths(nodes, textOf(currentNode));
}

/** A reply of the Canvas tool, as its parent's id and the id of the document. */
function namedDocument({ parent, message }: Fields): readonly (readonly [string, string])[] {
  const metadata = isFields(message) ? message["metadata"] : undefined;
  const canvas = isFields(metadata) ? metadata["canvas"] : undefined;
  const id = isFields(canvas) ? textOf(canvas["textdoc_id"]) : "";
  return typeof parent === "string" && id !== "" ? [[parent, id]] : [];
}
