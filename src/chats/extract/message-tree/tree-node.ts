/** One node of a chat's tree as the export gives it: any of its links may be missing or wrong. */
export interface TreeNode {
  readonly id: string;
  /** `undefined` at a beginning. It may name a node that is not in the export. */
  readonly parent?: string | undefined;
  /** As the export lists them; needed only where a parent is missing. */
  readonly children: readonly string[];
  /** ISO 8601 in UTC. */
  readonly time?: string | undefined;
}
