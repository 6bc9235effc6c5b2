import { differences } from "../crash/differences.ts";
import type { Ending } from "../crash/ending.ts";

/** Where an ending is another than the undisturbed one, but for one item: that one has failed for killing its workers. */
export function differencesButFor(itemId: string, calm: Ending, got: Ending): readonly string[] {
  const isOther = (name: string): boolean => !name.startsWith(itemId);
  const others = ({ items, notes }: Ending): unknown => ({
    items: itemsOf(items).filter((item) => isOther(item.itemId)),
    notes: Object.fromEntries(Object.entries(notes).filter(([name]) => isOther(name))),
  });
  const poisoned = itemsOf(got.items).filter((item) => !isOther(item.itemId));
  return [
    ...differences(others(calm), others(got)),
    ...differences([{ itemId, status: "failed", kind: "poison" }], poisoned.map(inShort)),
  ];
}

interface Item {
  readonly itemId: string;
  readonly status: string;
  readonly failure?: { readonly kind: string };
}

const itemsOf = (items: unknown): readonly Item[] => items as readonly Item[];

const inShort = ({ itemId, status, failure }: Item): unknown => ({ itemId, status, kind: failure?.kind });
