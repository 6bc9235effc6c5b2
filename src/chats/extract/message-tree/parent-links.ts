import type { TreeNode } from "./tree-node.ts";

export interface ParentLinks {
  /** The parent of each node that has one; it is always a node of the tree. */
  readonly parentOf: ReadonlyMap<string, string>;
  /** All ids that are a parent. */
  readonly parents: ReadonlySet<string>;
  /** Nodes whose own parent is not in the export. */
  readonly orphans: ReadonlySet<string>;
}

/**
 * Determines the parent of each node: the parent that it names; if that is not in the tree, a node that lists it as a
 * child; and if the named parent is lost, the node that lists the lost one.
 */
export function parentLinks(nodes: readonly TreeNode[], byId: ReadonlyMap<string, TreeNode>): ParentLinks {
  const listedBy = new Map<string, string>();
  for (const { id, children } of nodes) {
    for (const child of children) if (child !== id && !listedBy.has(child)) listedBy.set(child, id);
  }
  const parentOf = new Map<string, string>();
  const orphans = new Set<string>();
  for (const { id, parent } of nodes) {
    const isLost = parent !== undefined && !byId.has(parent);
    if (isLost) orphans.add(id);
    const listing = listedBy.get(id) ?? (isLost ? listedBy.get(parent) : undefined);
    const found = isLost ? listing : (parent ?? listing);
    if (found !== undefined) parentOf.set(id, found);
  }
  return { parentOf, parents: new Set(parentOf.values()), orphans };
}
