import type { Artifact, Message } from "../../conversation.ts";
import { replayArtifacts } from "../artifacts/index.ts";
import { Branches } from "../conversation-format.ts";
import type { DriftSign } from "../drift.ts";
import { branchMark, branchTitle } from "./branch-mark.ts";
import type { TreePaths } from "./message-tree.ts";
import { BEGINNING, type NodeReading, type PathState, changesIn, readRun } from "./read-run.ts";
import type { TreeNode } from "./tree-node.ts";

export interface PathsReading {
  readonly messages: readonly Message[];
  readonly artifacts: readonly Artifact[];
  readonly drift: readonly DriftSign[];
  /** Branches that were left out. */
  readonly otherBranches: number;
}

/**
 * Reads the current path, and with `all` each other branch after it: from its fork on, its first message under a mark
 * that says what it follows. A document that a branch changed is a document of its own, since the current path's last
 * version is another one.
 */
export function readPaths<N extends TreeNode>(
  { current, others }: TreePaths<N>,
  branches: Branches,
  read: (node: N) => NodeReading,
): PathsReading {
  const main = readRun(current, BEGINNING, read);
  const artifacts = replayArtifacts(changesIn(main.end));
  const branchArtifacts: Artifact[] = [];
  const after = new Map(main.after);
  const drift = [...main.drift];
  if (branches === Branches.current) {
    return { messages: main.messages, artifacts, drift, otherBranches: others.length };
  }

  const shown: { readonly messages: readonly Message[]; readonly fork: Message | undefined }[] = [];
  for (const { fork, nodes } of others) {
    const begin = after.get(fork?.id ?? "") ?? BEGINNING;
    const run = readRun(nodes, begin, read);
    for (const [id, state] of run.after) after.set(id, state);
    for (const sign of run.drift) drift.push(sign);
    if (run.messages.length > 0) shown.push({ messages: run.messages, fork: begin.last });
    const changed = documentsSince(begin, run.end);
    branchArtifacts.push(...changed.map((artifact) => branchArtifact(artifact, shown.length)));
  }
  const marked = shown.flatMap(({ messages, fork }, i) => markFirst(messages, branchMark(i + 1, shown.length, fork)));
  return {
    messages: [...main.messages, ...marked],
    artifacts: [...artifacts, ...newTexts(branchArtifacts, artifacts)],
    drift,
    otherBranches: 0,
  };
}

/** The documents that differ from what they were at the fork. */
function documentsSince(begin: PathState, end: PathState): readonly Artifact[] {
  if (begin.changes === end.changes) return [];
  const before = new Map(replayArtifacts(changesIn(begin)).map(({ id, text }) => [id, text]));
  return replayArtifacts(changesIn(end)).filter(({ id, text }) => before.get(id) !== text);
}

const branchArtifact = (artifact: Artifact, branch: number): Artifact => ({
  ...artifact,
  id: `${artifact.id} (branch ${branch})`,
  title: branchTitle(artifact.title, branch),
});

/** An answer that was asked for again often writes the same document again: once is enough. */
function newTexts(artifacts: readonly Artifact[], known: readonly Artifact[]): readonly Artifact[] {
  const texts = new Set(known.map(({ text }) => text));
  return artifacts.filter(({ text }) => {
    const isNew = !texts.has(text);
    texts.add(text);
    return isNew;
  });
}

const markFirst = ([first, ...rest]: readonly Message[], mark: string): readonly Message[] =>
  first ? [{ ...first, text: first.text === "" ? mark : `${mark}\n\n${first.text}` }, ...rest] : [];
