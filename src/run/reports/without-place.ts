import type { Session } from "../../core/session/index.ts";
import type { ItemPlace, ItemReports } from "../../core/storage/index.ts";

/** Why a failed item has no place in the changed pipeline that its session went on with; `undefined` for one that has. */
export async function reasonsWithoutPlace(
  items: Pick<ItemReports, "withoutPlace">,
  { pipeline: { forced } }: Session,
): Promise<(place: ItemPlace) => string | undefined> {
  // Nearly all sessions: nothing has changed, and nothing is read.
  if (forced === undefined) return () => undefined;
  const keyOf = ({ phase, itemId }: ItemPlace): string => JSON.stringify([phase, itemId]);
  const reasons = new Map((await items.withoutPlace()).map((item) => [keyOf(item), item.reason]));
  return (place) => reasons.get(keyOf(place));
}
