import type { DatabaseSync } from "node:sqlite";
import type { JsonValue } from "../../../core/base/index.ts";
import type {
  FailedEntry,
  FailedQuery,
  ItemPlace,
  ItemReport,
  ItemReports,
  ItemStep,
  StepWork,
} from "../../../core/storage/index.ts";
import { soundUsage, type Usage } from "../../../core/model/index.ts";
import { textList } from "../../../core/files/sqlite/index.ts";
import { stepsFact } from "../../../core/session/index.ts";
import { factOf } from "../facts.ts";
import { openDatabase } from "../schema.ts";
import { failureOf, ITEM_COLUMNS, itemOf, type Row } from "./item-row.ts";

/** Opens `state.db` read-only for queries about single items; another process may be running the session. */
export function openItemReports(file: string): ItemReports {
  const db = openDatabase(file, { readOnly: true });
  return {
    failedItems: (query = {}) => readFailed(db, query),
    async withoutPlace() {
      // It knows pipelines, and hardly any report asks for it.
      const { failedWithoutPlace } = await import("../reopen.ts");
      return failedWithoutPlace(db, lastSteps(db));
    },
    item: (place) => readItem(db, place),
    workOf: (place) => readWork(db, place),
    openParts: (place) => readOpenParts(db, place),
    metadataFacts: (name) => readFacts(db, name),
    searchItems: (text, limit) => searchItems(db, text, limit),
    [Symbol.asyncDispose]: async () => db.close(),
  };
}

/** The steps that each phase ran with last. */
function lastSteps(db: DatabaseSync): ReadonlyMap<string, readonly string[]> {
  const phases = db.prepare("SELECT DISTINCT phase FROM item_counts").all();
  return new Map(
    phases.flatMap(({ phase }) => {
      const names = factOf(db, stepsFact(String(phase)));
      return names === undefined ? [] : [[String(phase), JSON.parse(names) as readonly string[]]];
    }),
  );
}

function* readFailed(db: DatabaseSync, { itemIds, kinds }: FailedQuery): Iterable<FailedEntry> {
  const isWanted = (column: string, values: readonly string[] | undefined): string =>
    values === undefined ? "" : `AND ${column} IN (SELECT value FROM json_each(?))`;
  const wanted = [itemIds, kinds].flatMap((values) => (values === undefined ? [] : [textList(values)]));
  const failed = db.prepare(`
    SELECT phase, item_id, source_path, failure, content IS NOT NULL AS has_content FROM items
    WHERE phase = ? AND status = 'failed' ${isWanted("item_id", itemIds)} ${isWanted("failure ->> 'kind'", kinds)}
    ORDER BY seq`);
  // Phase by phase: the index that finds failed items among a million others begins with the phase.
  for (const { phase } of db.prepare("SELECT phase FROM item_counts WHERE status = 'failed' AND n > 0").all()) {
    for (const row of failed.iterate(String(phase), ...wanted)) {
      const failure = failureOf(row);
      if (failure)
        yield { ...placeOf(row), sourcePath: String(row["source_path"]), failure, hasContent: hasContent(row) };
    }
  }
}

function readItem(db: DatabaseSync, { phase, itemId }: ItemPlace): ItemReport | undefined {
  const row = db
    .prepare(`
      SELECT ${ITEM_COLUMNS}, seq, generation, content IS NOT NULL AS has_content, iif(waiting_at IS NULL, 0, open_children) AS open_children
      FROM items WHERE phase = ? AND item_id = ?`)
    .get(phase, itemId);
  return (
    row && {
      ...itemOf(row),
      phase,
      generation: Number(row["generation"]),
      failure: failureOf(row),
      hasContent: hasContent(row),
      openChildren: Number(row["open_children"]),
      steps: readSteps(db, Number(row["seq"])),
    }
  );
}

function readSteps(db: DatabaseSync, item: number): readonly ItemStep[] {
  return db
    .prepare(`
      SELECT step, generation, succeeded, attempts, duration_ms, usage FROM steps
      WHERE item = ? ORDER BY step_index, generation`)
    .all(item)
    .map((row) => ({
      step: String(row["step"]),
      generation: Number(row["generation"]),
      success: row["succeeded"] === 1,
      attempts: Number(row["attempts"]),
      durationMs: Number(row["duration_ms"]),
      itemsProcessed: 1,
      itemsFailed: row["succeeded"] === 1 ? 0 : 1,
      ...(typeof row["usage"] === "string" && { usage: soundUsage(JSON.parse(row["usage"]) as Partial<Usage>) }),
    }));
}

/** An item and all its parts. */
const TREE = `
  WITH RECURSIVE tree (seq) AS (
    SELECT seq FROM items WHERE phase = ? AND item_id = ?
    UNION ALL SELECT child.seq FROM items child JOIN tree ON child.parent = tree.seq)`;

function readWork(db: DatabaseSync, { phase, itemId }: ItemPlace): readonly StepWork[] {
  return db
    .prepare(`
      ${TREE}
      SELECT step, attempts, duration_ms, usage FROM steps JOIN tree ON steps.item = tree.seq
      ORDER BY steps.item, step_index, steps.generation`)
    .all(phase, itemId)
    .map(({ step, attempts, duration_ms: durationMs, usage }) => ({
      step: String(step),
      attempts: Number(attempts),
      durationMs: Number(durationMs),
      usage: usage === null ? undefined : soundUsage(JSON.parse(String(usage)) as Partial<Usage>),
    }));
}

function readOpenParts(db: DatabaseSync, { phase, itemId }: ItemPlace): readonly ItemPlace[] {
  return db
    .prepare(`
      ${TREE}
      SELECT phase, item_id FROM items JOIN tree USING (seq)
      WHERE status = 'pending' AND content IS NOT NULL AND (waiting_at IS NULL OR open_children = 0) ORDER BY seq`)
    .all(phase, itemId)
    .map(placeOf);
}

function* readFacts(db: DatabaseSync, name: string): Iterable<JsonValue> {
  // As the partial index has it: most items have no metadata, and a million rows are not to be read for those that have.
  const rows = db.prepare("SELECT metadata -> ? AS fact FROM items WHERE metadata <> '{}' ORDER BY seq");
  for (const { fact } of rows.iterate(`$.${JSON.stringify(name)}`)) {
    if (fact !== null) yield JSON.parse(String(fact)) as JsonValue;
  }
}

function searchItems(db: DatabaseSync, text: string, limit: number): readonly ItemPlace[] {
  // SQLite takes no longer pattern.
  if (text.length > MOST_CHARACTERS_OF_PATTERN) return itemsWithId(db, text);
  const part = text.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return db
    .prepare(String.raw`
      SELECT phase, item_id FROM items WHERE item_id = :text OR item_id LIKE :holds ESCAPE '\'
      ORDER BY item_id <> :text, item_id NOT LIKE :begins ESCAPE '\', seq LIMIT :limit`)
    .all({ text, holds: `%${part}%`, begins: `${part}%`, limit })
    .map(placeOf);
}

/** SQLite's limit is 50,000 bytes; a character takes 3 at most, or 4 for two, and an escape may stand before it. */
const MOST_CHARACTERS_OF_PATTERN = 10_000;

const itemsWithId = (db: DatabaseSync, id: string): readonly ItemPlace[] =>
  db.prepare("SELECT phase, item_id FROM items WHERE item_id = ? ORDER BY seq").all(id).map(placeOf);

const placeOf = (row: Row): ItemPlace => ({ phase: String(row["phase"]), itemId: String(row["item_id"]) });

const hasContent = (row: Row): boolean => row["has_content"] === 1;
