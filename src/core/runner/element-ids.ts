import type { JsonValue } from "../base/index.ts";
import { StepError } from "../failure/index.ts";
import type { BrokenElement, SkippedElement, SourceItem } from "../pipeline/index.ts";
import { startedFact } from "../session/index.ts";
import type { SessionStore } from "../storage/index.ts";

/** An element whose content went through JSON. */
export type ReadElement = ReadItem | BrokenElement | SkippedElement;
export type ReadItem = SourceItem<JsonValue> & { readonly contentText: string };

/** Why the second of two elements with one id is skipped. */
export const SAME_ID = "an earlier element has the same id";

const PARTS_ID =
  "its id is that of a part: a step fanned another item out, and gave a part this id. Give the items of the source other ids, or the parts (`id` of `fanOut`), and start a new session";

export interface ElementIds {
  readonly phase: string;
  readonly store: Pick<SessionStore, "getFact" | "hasItem" | "isPart">;
}

/**
 * Sorts elements as they are read, by their ids: returns `undefined` for one that an earlier reading recorded. An element
 * whose id another item has is recorded under an id of its own, so that nothing is lost: as skipped when an earlier element
 * had the id, and as broken when it is a part's.
 */
export function elementSorter({
  phase,
  store,
}: ElementIds): (element: ReadElement, position: number) => ReadElement | undefined {
  const isFirstReading = store.getFact(startedFact(phase)) === undefined;
  const seen = new Set<string>();
  /** An id made from the element's own. A later reading makes the same one, and finds it known. */
  const madeId = (itemId: string, position: number): string => {
    let made = `${itemId}#${position}`;
    while (isFirstReading && store.hasItem(phase, made)) made += "#";
    return made;
  };
  return (element, position) => {
    const { kind, itemId, sourcePath } = element;
    const known = store.hasItem(phase, itemId);
    if (known && store.isPart(phase, itemId)) {
      const made = madeId(itemId, position);
      if (store.hasItem(phase, made)) return undefined;
      if (kind !== "item") return { ...element, itemId: made };
      const error = new StepError("input", `${JSON.stringify(itemId)} cannot be an item: ${PARTS_ID}.`);
      return { kind: "broken", itemId: made, sourcePath, error, input: element.contentText };
    }
    if (!known || (!isFirstReading && !seen.has(itemId))) {
      if (!isFirstReading) seen.add(itemId);
      return known ? undefined : element;
    }
    return { kind: "skipped", itemId: madeId(itemId, position), sourcePath, reason: SAME_ID };
  };
}
