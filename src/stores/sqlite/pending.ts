import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { JsonValue } from "../../core/base/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import type { PendingItem } from "../../core/storage/index.ts";
import { putBack } from "./deduplicated-output.ts";
import { KEY_GENERATION } from "./repeated-call.ts";

type Row = Record<string, SQLOutputValue>;

/** The columns a pending item is made from: the item, and the last step that it has done. */
const PENDING = `
  SELECT i.seq, i.phase, i.item_id, i.source_path, i.content, i.generation, i.anew, i.depth, i.first_step, i.waiting_at,
    coalesce(s.review_reason, i.review_reason) AS review_reason, s.step_index, s.output, s.content_at,
    ${KEY_GENERATION} AS key_generation
  FROM items i LEFT JOIN steps s ON s.item = i.seq AND s.succeeded = 1 AND s.superseded = 0
    AND s.step_index = (SELECT max(step_index) FROM steps WHERE item = i.seq AND succeeded = 1 AND superseded = 0)`;

/** Reads items that have steps to do. */
export class PendingReader {
  readonly #page: StatementSync;
  readonly #one: StatementSync;
  readonly #outputs: StatementSync;
  readonly #collectable: StatementSync;
  readonly #waiting: StatementSync;

  constructor(db: DatabaseSync) {
    this.#page = db.prepare(`${PENDING}
      WHERE i.phase = ? AND i.status = 'pending' AND i.seq > ? AND i.waiting_at IS NULL AND i.content IS NOT NULL
      ORDER BY i.seq LIMIT ?`);
    this.#one = db.prepare(`${PENDING} WHERE i.phase = ? AND i.item_id = ?`);
    // A child's output is what its last step put out, or its content when the collect follows at once.
    this.#outputs = db.prepare(`
      SELECT i.content, i.review_reason, s.output, s.content_at
      FROM items i LEFT JOIN steps s ON s.item = i.seq AND s.succeeded = 1 AND s.superseded = 0
        AND s.step_index = (SELECT max(step_index) FROM steps WHERE item = i.seq AND succeeded = 1 AND superseded = 0)
      WHERE i.parent = ? AND i.status = 'completed' ORDER BY i.seq`);
    this.#collectable = db.prepare(`
      SELECT item_id FROM items WHERE phase = ? AND status = 'pending' AND waiting_at IS NOT NULL AND open_children = 0
      ORDER BY seq`);
    this.#waiting = db.prepare(`
      SELECT count(*) AS n FROM items WHERE phase = ? AND status = 'pending' AND waiting_at IS NOT NULL AND open_children > 0`);
  }

  page(phase: string, after: number, limit: number): readonly (PendingItem & { readonly position: number })[] {
    return this.#page.all(phase, after, limit).map((row) => ({ ...toPending(row), position: Number(row["seq"]) }));
  }

  one(phase: string, itemId: string): PendingItem {
    const row = this.#one.get(phase, itemId);
    if (row === undefined) throw new HoldfastError("internal", `Item ${itemId} of phase ${phase} is not in the store.`);
    if (row["waiting_at"] === null) return toPending(row);
    const children = this.#outputs.all(Number(row["seq"]));
    const reviewReason = children.map((child) => textOf(child["review_reason"])).find((reason) => reason !== undefined);
    return {
      ...toPending(row),
      content: children.map(contentOf),
      nextStep: Number(row["waiting_at"]),
      collected: true,
      reviewReason: textOf(row["review_reason"]) ?? reviewReason,
    };
  }

  collectable(phase: string): readonly string[] {
    return this.#collectable.all(phase).map((row) => String(row["item_id"]));
  }

  countWaiting(phase: string): number {
    return Number(this.#waiting.get(phase)?.["n"]);
  }
}

function toPending(row: Row): PendingItem {
  const isBegun = row["step_index"] !== null && row["output"] !== null;
  return {
    phase: String(row["phase"]),
    itemId: String(row["item_id"]),
    sourcePath: String(row["source_path"]),
    content: contentOf(row),
    nextStep: isBegun ? Number(row["step_index"]) + 1 : Number(row["first_step"]),
    generation: Number(row["generation"]),
    ...(row["key_generation"] !== null && { keyGeneration: Number(row["key_generation"]) }),
    force: row["anew"] === 1,
    depth: Number(row["depth"]),
    collected: false,
    reviewReason: textOf(row["review_reason"]),
  };
}

/** The output of the item's last step, or its content before the first. */
function contentOf({ content, output, content_at: contentAt }: Row): JsonValue {
  const own = String(content);
  const text = textOf(output);
  const at = typeof contentAt === "number" ? contentAt : null;
  return JSON.parse(text === undefined ? own : putBack(text, { contentAt: at, content: own })) as JsonValue;
}

const textOf = (value: SQLOutputValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
