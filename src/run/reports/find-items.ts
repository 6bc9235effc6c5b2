import { join } from "node:path";
import { HoldfastError } from "../../core/failure/index.ts";
import { SessionManager } from "../../core/session/index.ts";
import type { ItemPlace, ItemReports } from "../../core/storage/index.ts";
import { openItemReports } from "../../stores/sqlite/reports/index.ts";
import { hasStore } from "../session-file.ts";

/** Opens the item reports of a session. Throws a `HoldfastError` when there is no such session, or no item of it yet. */
export async function openItems(workspace: string, id: string): Promise<ItemReports> {
  const sessions = new SessionManager(workspace);
  const session = await sessions.load(id);
  const file = join(sessions.folderOf(id), "state.db");
  if (hasStore(file, session)) return openItemReports(file);
  throw new HoldfastError("usage", `Session ${id} was stopped before it had any items.`, {
    hint: { kind: "resume", sessionId: id },
  });
}

/**
 * Finds the item by its id, or by a part that only one id has; in each phase that has it. Throws a `HoldfastError`
 * (`usage`) with suggestions when there is none, or more than one.
 */
export function findItems(items: ItemReports, id: string, text: string): readonly ItemPlace[] {
  const found = items.searchItems(text, MAX_SUGGESTIONS + 1);
  const exact = found.filter(({ itemId }) => itemId === text);
  if (exact.length > 0) return exact;
  const beginning = found.filter(({ itemId }) => itemId.startsWith(text));
  const matches = [beginning, found].find((places) => idsOf(places).length === 1);
  if (matches) return matches;
  if (found.length > 0) throw ambiguous(id, text, idsOf(found));
  throw unknown(id, text, idsOf(similarTo(items, text)));
}

const MAX_SUGGESTIONS = 5;

/** Text of at least this many characters that an id shares with what was asked for makes it a suggestion. */
const MIN_SHARED = 4;

/** Items whose id holds the longest part at the beginning of what was asked for, or else at its end. */
function similarTo(items: ItemReports, text: string): readonly ItemPlace[] {
  const parts = [
    ...shorter(text.length, (length) => text.slice(0, length)),
    ...shorter(text.length, (length) => text.slice(-length)),
  ].sort((a, b) => b.length - a.length);
  for (const part of parts) {
    const found = items.searchItems(part, MAX_SUGGESTIONS);
    if (found.length > 0) return found;
  }
  return [];
}

/** Halved a few times at most: each look reads all ids. */
function shorter(length: number, cut: (length: number) => string): readonly string[] {
  const lengths = [length - 1, length - 2, Math.ceil(length * 0.75), Math.ceil(length / 2)];
  return lengths.filter((n) => n >= MIN_SHARED).map(cut);
}

const idsOf = (places: readonly ItemPlace[]): readonly string[] => [...new Set(places.map(({ itemId }) => itemId))];

const ambiguous = (id: string, text: string, ids: readonly string[]): HoldfastError =>
  new HoldfastError("usage", `${JSON.stringify(text)} matches several item ids of session ${id}.`, {
    hint: `Give a longer part of one: ${listOf(ids)}`,
  });

const unknown = (id: string, text: string, ids: readonly string[]): HoldfastError =>
  new HoldfastError("usage", `Session ${id} has no item ${JSON.stringify(text)}.`, {
    hint: ids.length > 0 ? `Did you mean ${listOf(ids)}?` : { kind: "show_failed", sessionId: id },
  });

const listOf = (ids: readonly string[]): string =>
  `${ids.slice(0, MAX_SUGGESTIONS).join(", ")}${ids.length > MAX_SUGGESTIONS ? ", ..." : ""}`;
