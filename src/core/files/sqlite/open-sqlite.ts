import type { DatabaseSync, DatabaseSyncOptions, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { encodableText, originalText } from "../../../text/index.ts";
import { hideWarning } from "./hide-warning.ts";

/**
 * Opens a file with `node:sqlite`, which the first call loads. All of Holdfast opens its databases here, because the
 * older Node versions that we support print a warning when they load that module, and so that every text is kept as it
 * is: SQLite stores UTF-8, which has no half of a surrogate pair. Only texts inside of JSON are the caller's
 * ({@link textList}).
 */
export function openSqlite(file: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  using _ = hideWarning("SQLite is an experimental feature");
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const db = new DatabaseSync(file, options);
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => keepingTexts(prepare(sql));
  return db;
}

/** Texts as the JSON that `json_each` makes rows of, in the form in which columns hold them. */
export const textList = (texts: readonly string[]): string => JSON.stringify(texts.map(encodableText));

type Row = Record<string, SQLOutputValue>;
type NamedValues = Record<string, SQLInputValue>;
type Value = SQLInputValue | NamedValues;

/** The statement with texts of any kind as its values and in its rows. */
function keepingTexts(statement: StatementSync): StatementSync {
  const run = statement.run.bind(statement) as (...values: unknown[]) => ReturnType<StatementSync["run"]>;
  const get = statement.get.bind(statement) as (...values: unknown[]) => Row | undefined;
  const all = statement.all.bind(statement) as (...values: unknown[]) => Row[];
  const iterate = statement.iterate.bind(statement) as (...values: unknown[]) => Iterable<Row>;
  return Object.assign(statement, {
    run: (...values: Value[]) => run(...toStored(values)),
    get: (...values: Value[]) => {
      const row = get(...toStored(values));
      return row && fromStored(row);
    },
    all: (...values: Value[]) => all(...toStored(values)).map(fromStored),
    *iterate(...values: Value[]) {
      for (const row of iterate(...toStored(values))) yield fromStored(row);
    },
  });
}

/** Changes the list in place: a call's values are its own. */
function toStored(values: Value[]): readonly Value[] {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value === "string") values[index] = encodableText(value);
    else if (isNamed(value)) values[index] = storedByName(value);
  }
  return values;
}

const isNamed = (value: Value | undefined): value is NamedValues =>
  typeof value === "object" && value !== null && !ArrayBuffer.isView(value);

const storedByName = (values: NamedValues): NamedValues =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? encodableText(value) : value]),
  );

/** Changes the row in place: it is ours alone. */
function fromStored(row: Row): Row {
  for (const column in row) {
    const value = row[column];
    if (typeof value === "string") row[column] = originalText(value);
  }
  return row;
}
