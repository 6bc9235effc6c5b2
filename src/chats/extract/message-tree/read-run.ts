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
  /** `undefined` when there was none. */
  readonly changes: Changes | undefined;
}

/** Changes to documents, the last one first: each node shares those before it with the others, and holds no list of its own. */
export interface Changes {
  readonly last: readonly ArtifactChange[];
  readonly before: Changes | undefined;
}

/** Before the first node. */
export const BEGINNING: PathState = { last: undefined, changes: undefined };

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
    const changes = artifactChanges.length > 0 ? { last: artifactChanges, before: end.changes } : end.changes;
    end = { last: message ?? end.last, changes };
    after.set(id, end);
  }
  return { messages: placeSources(readings), drift: readings.flatMap(({ drift }) => drift), after, end };
}

/** All changes in the order in which they were made. */
export function changesIn({ changes }: PathState): readonly ArtifactChange[] {
  const steps: (readonly ArtifactChange[])[] = [];
  for (let step = changes; step !== undefined; step = step.before) steps.push(step.last);
  return steps.reverse().flat();
}
