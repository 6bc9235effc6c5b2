import type { Message } from "../../conversation.ts";
import type { ArtifactChange } from "../artifacts/index.ts";
import type { DriftSign } from "../drift.ts";
import type { LinkedPage } from "../sources-list.ts";
import { placeSources } from "./place-sources.ts";
import type { TreeNode } from "./tree-node.ts";

/** What one node of a chat's tree gives. */
export interface NodeReading {
  /** `undefined` when there is nothing to show. */
  readonly message: Message | undefined;
  /** Pages that were read or cited; they are listed under the answer that they are for. */
  readonly pages: readonly LinkedPage[];
  readonly artifactChanges: readonly ArtifactChange[];
  readonly drift: readonly DriftSign[];
}

/** What is known after a node: the last message shown on the way to it, and all changes to documents. */
export interface PathState {
  readonly last: Message | undefined;
  readonly changes: readonly ArtifactChange[];
}

/** Before the first node. */
export const BEGINNING: PathState = { last: undefined, changes: [] };

export interface RunReading {
  readonly messages: readonly Message[];
  readonly drift: readonly DriftSign[];
  /** After each node, by its id. */
  readonly after: ReadonlyMap<string, PathState>;
  readonly end: PathState;
}

/** Reads nodes that follow one another, from what is known before the first. */
export function readRun<N extends TreeNode>(
  nodes: readonly N[],
  begin: PathState,
  read: (node: N) => NodeReading,
): RunReading {
  const readings = nodes.map((node) => ({ id: node.id, ...read(node) }));
  const after = new Map<string, PathState>();
  let end = begin;
  for (const { id, message, artifactChanges } of readings) {
    const changes = artifactChanges.length > 0 ? [...end.changes, ...artifactChanges] : end.changes;
    end = { last: message ?? end.last, changes };
    after.set(id, end);
  }
  return { messages: placeSources(readings), drift: readings.flatMap(({ drift }) => drift), after, end };
}
