import type { FailureKind } from "../../core/failure/index.ts";
import type { FailedEntry, ItemPlace } from "../../core/storage/index.ts";

/** Failed items with one cause. */
export interface FailureGroup {
  readonly phase: string;
  readonly step: string;
  readonly kind: FailureKind;
  /** The message of the first of them; the others differ in numbers and in what is quoted only. */
  readonly message: string;
  readonly count: number;
  /** Whether `retry` can try them again: an element that could not be read has no content to go on with. */
  readonly retryable: boolean;
  /** Why a retry leaves them as they are: the changed pipeline that the session went on with has no place for them. */
  readonly withoutPlace?: string;
  /** Ids of the first few. */
  readonly examples: readonly string[];
  /** Where the evidence of the first one is. */
  readonly folder: string | undefined;
}

const MAX_EXAMPLES = 3;

/** The most causes that are listed; items of further causes are counted by step and kind alone. */
const MAX_CAUSES = 1000;

/**
 * Groups failed items by step, kind and cause, the largest group first. It keeps groups in memory, not items.
 * `withoutPlace`: why an item has no place in a changed pipeline.
 */
export function groupFailures(
  items: Iterable<FailedEntry>,
  withoutPlace: (item: ItemPlace) => string | undefined = () => undefined,
): readonly FailureGroup[] {
  const groups = new Map<string, OpenGroup>();
  for (const { phase, itemId, failure, hasContent } of items) {
    const { step, kind, message, folder } = failure;
    const cause = groups.size < MAX_CAUSES ? causeOf(message) : "";
    const refused = withoutPlace({ phase, itemId });
    const key = [phase, step, kind, hasContent, refused, cause].join("\n");
    const group = groups.get(key) ?? {
      phase,
      step,
      kind,
      message,
      folder,
      retryable: hasContent,
      ...(refused !== undefined && { withoutPlace: refused }),
      count: 0,
      examples: [],
    };
    group.count += 1;
    if (group.examples.length < MAX_EXAMPLES) group.examples.push(itemId);
    if (group.count === 1) groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

interface OpenGroup extends FailureGroup {
  count: number;
  readonly examples: string[];
}

/** The message without what differs from item to item: numbers, ids, quoted names. */
const causeOf = (message: string): string =>
  message
    .slice(0, 500)
    .replaceAll(/"[^"]*"|'[^']*'/g, '""')
    .replaceAll(/\b[0-9a-f]{8,}\b/gi, "#")
    .replaceAll(/\d+(?:[.,]\d+)*/g, "#")
    .replaceAll(/\s+/g, " ")
    .trim();
