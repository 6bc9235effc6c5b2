import { climb, depthsOf } from "./climb.ts";
import { type ParentLinks, parentLinks } from "./parent-links.ts";
import type { TreeNode } from "./tree-node.ts";

/** What a tree of messages holds, each node at most once. */
export interface TreePaths<N extends TreeNode> {
  /** What a person sees when opening the chat, from the first node to the last. */
  readonly current: readonly N[];
  /** The other continuations: edited questions and answers that were asked for again. */
  readonly others: readonly OtherBranch<N>[];
  /** What is wrong with the links of the current path. */
  readonly warnings: readonly TreeWarning[];
}

export interface OtherBranch<N extends TreeNode> {
  /** The node it goes on from, which is on the current path or in an earlier branch; `undefined` at another beginning. */
  readonly fork: N | undefined;
  readonly nodes: readonly N[];
}

/** `cycle`: the parents lead back to a node that was passed. `orphan`: a parent is not in the export. */
export type TreeWarning = "cycle" | "orphan";

/**
 * The current path ends at `currentId`; where there is no such node, at the leaf with the newest time, of these at the
 * deepest, and of these at the last. It begins where there is no parent. Where a parent is not in the export but a node
 * that lists it as a child is, the path goes on with that one: a message that was deleted does not take the earlier
 * ones with it. Takes time in proportion to the nodes, and no tree is too deep or too broken for it.
 */
export function treePaths<N extends TreeNode>(nodes: readonly N[], currentId: string | undefined): TreePaths<N> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const links = parentLinks(nodes, byId);
  const leaves = nodes.filter(({ id }) => !links.parents.has(id));
  const start = byId.get(currentId ?? "") ?? newest(leaves, links) ?? newest(nodes, links);
  const seen = new Set<string>();
  const take = (from: N): OtherBranch<N> & { readonly closesCycle: boolean } => {
    const { ids, endsAt, closesCycle } = climb(from.id, links, seen);
    const found = ids.map((id) => byId.get(id)).filter((node) => node !== undefined);
    return { fork: endsAt === undefined ? undefined : byId.get(endsAt), nodes: found, closesCycle };
  };

  const { nodes: current, closesCycle } = start ? take(start) : { nodes: [], closesCycle: false };
  // What is left after the leaves hangs in cycles that have none.
  const ends = [...leaves, ...nodes.toReversed()].filter(({ id }) => !seen.has(id));
  const others = ends.flatMap((end) => (seen.has(end.id) ? [] : [take(end)]));
  return {
    current,
    others: others.map(({ fork, nodes }) => ({ fork, nodes })),
    warnings: [
      ...(closesCycle ? (["cycle"] as const) : []),
      ...(current.some(({ id }) => links.orphans.has(id)) ? (["orphan"] as const) : []),
    ],
  };
}

function newest<N extends TreeNode>(nodes: readonly N[], links: ParentLinks): N | undefined {
  const depths = depthsOf(nodes, links);
  const isAtLeast = (one: N, other: N): boolean => {
    const [time, otherTime] = [one.time ?? "", other.time ?? ""];
    if (time !== otherTime) return time > otherTime;
    return (depths.get(one.id) ?? 0) >= (depths.get(other.id) ?? 0);
  };
  return nodes.reduce<N | undefined>((best, node) => (!best || isAtLeast(node, best) ? node : best), undefined);
}
