import type { TreeNode } from "./tree-node.ts";
import type { ParentLinks } from "./parent-links.ts";

export interface Climb {
  /** From the first node down to the one where it started. */
  readonly ids: readonly string[];
  /** The node above the first, which was seen before; `undefined` when there is none, or when it is one of `ids`. */
  readonly endsAt: string | undefined;
  /** The node above the first is one of `ids`. */
  readonly closesCycle: boolean;
}

/** Climbs from parent to parent until there is none, or one that was seen before. Adds what it passes to `seen`. */
export function climb(start: string, { parentOf }: ParentLinks, seen: Set<string>): Climb {
  const ids = new Set<string>();
  let id: string | undefined = start;
  while (id !== undefined && !seen.has(id)) {
    seen.add(id);
    ids.add(id);
    id = parentOf.get(id);
  }
  const closesCycle = id !== undefined && ids.has(id);
  return { ids: [...ids].reverse(), endsAt: closesCycle ? undefined : id, closesCycle };
}

/** How many nodes lie on the way up from each node, itself included; a cycle counts each of its nodes once. */
export function depthsOf(nodes: readonly TreeNode[], { parentOf }: ParentLinks): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const { id } of nodes) {
    const way: string[] = [];
    const onWay = new Set<string>();
    let above: string | undefined = id;
    while (above !== undefined && !depths.has(above) && !onWay.has(above)) {
      way.push(above);
      onWay.add(above);
      above = parentOf.get(above);
    }
    let depth = above === undefined ? 0 : (depths.get(above) ?? 0);
    for (const passed of way.reverse()) depths.set(passed, ++depth);
  }
  return depths;
}
