import { type Fields, textOf, timeOf } from "../json-fields.ts";

export interface Branch {
  /** From the first message to the leaf. */
  readonly messages: readonly Fields[];
  /** Leaves that are not on this branch: edited questions and answers that were asked for again. */
  readonly otherLeaves: number;
}

/**
 * The messages of the branch a person would see: the one that ends in the given leaf, or else in the newest one.
 * Where no message names another one as its parent, as in older exports, all messages in their order are the branch.
 */
export function currentBranch(messages: readonly Fields[], leafId: string): Branch {
  const places = new Map(messages.map((message, place) => [textOf(message["uuid"]), place]));
  places.delete("");
  const parents = messages.map((message) => places.get(textOf(message["parent_message_uuid"])));
  if (parents.every((parent) => parent === undefined)) return { messages, otherLeaves: 0 };

  const hasChild = new Set(parents);
  const leaves = messages.map((_, place) => place).filter((place) => !hasChild.has(place));
  const leaf = places.get(leafId) ?? newest(messages, leaves) ?? messages.length - 1;
  const path = walkUp(messages, parents, leaf);
  return {
    messages: path.map((place) => messages[place]).filter((message) => message !== undefined),
    otherLeaves: leaves.filter((place) => !path.includes(place)).length,
  };
}

/** Places from the first message to the leaf. A cycle ends where it closes. */
function walkUp(
  messages: readonly Fields[],
  parents: readonly (number | undefined)[],
  leaf: number,
): readonly number[] {
  const path = new Set<number>();
  let place: number | undefined = leaf;
  while (place !== undefined && place >= 0 && !path.has(place)) {
    path.add(place);
    place = parents[place] ?? (isOrphan(messages[place]) ? place - 1 : undefined);
  }
  return [...path].reverse();
}

/**
 * A message whose parent is not in the export was still an answer to something: it follows the message before it, so
 * that one lost message does not take all earlier ones with it.
 */
function isOrphan(message: Fields | undefined): boolean {
  return !ROOTS.has(message?.["parent_message_uuid"]);
}

/** What the first message of a conversation has as its parent. */
const ROOTS: ReadonlySet<unknown> = new Set(["00000000-0000-4000-8000-000000000000", null]);

/** The last of the newest, since messages stand in the order in which they were written. */
function newest(messages: readonly Fields[], places: readonly number[]): number | undefined {
  const timeAt = (place: number): string => timeOf(messages[place]?.["created_at"]) ?? "";
  return places.reduce<number | undefined>(
    (best, place) => (best === undefined || timeAt(place) >= timeAt(best) ? place : best),
    undefined,
  );
}
