import { join } from "node:path";
import type { JsonValue } from "../../core/base/index.ts";
import { SessionManager } from "../../core/session/index.ts";
import { hasSessionStore, openItemReports } from "../../stores/sqlite/reports/index.ts";

/** An unknown name in an export, and how often it occurred. */
export interface UnknownName {
  /** The service the export came from. */
  readonly service: string;
  readonly name: string;
  readonly count: number;
  /** Items it was met in. */
  readonly items: number;
  /** For a type of content: the types of its fields, by their names. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Signs that services have changed their formats, over all items of a session. It holds names and counts, no content. */
export interface DriftReport {
  readonly session: string;
  /** Items with anything unknown in them. */
  readonly items: number;
  /** In each list, the most frequent first. */
  readonly contentTypes: readonly UnknownName[];
  readonly roles: readonly UnknownName[];
  readonly recipients: readonly UnknownName[];
  /** Fields of a wrong type. */
  readonly wrongFields: readonly UnknownName[];
  /** The number of names beyond the first 1,000 of each list, which are not reported. */
  readonly unreported: number;
}

/** Reports what the sources of a session did not recognize, from the metadata of their items under `drift`. */
export async function reportDrift(workspace: string, id: string): Promise<DriftReport> {
  const sessions = new SessionManager(workspace);
  await sessions.load(id);
  const tallies = { contentTypes: new Tally(), roles: new Tally(), recipients: new Tally(), wrongFields: new Tally() };
  let items = 0;
  const file = join(sessions.folderOf(id), "state.db");
  if (hasSessionStore(file)) {
    await using reports = openItemReports(file);
    for (const fact of reports.metadataFacts("drift")) {
      items += 1;
      const { service, contentTypes, roles, recipients, fields, shapes } = recordOf(fact);
      const from = typeof service === "string" ? service : "";
      tallies.contentTypes.add(from, contentTypes, shapes);
      tallies.roles.add(from, roles);
      tallies.recipients.add(from, recipients);
      tallies.wrongFields.add(from, fields);
    }
  }
  return {
    session: id,
    items,
    contentTypes: tallies.contentTypes.list(),
    roles: tallies.roles.list(),
    recipients: tallies.recipients.list(),
    wrongFields: tallies.wrongFields.list(),
    unreported: Object.values(tallies).reduce((sum, { unreported }) => sum + unreported, 0),
  };
}

/** The most names of a kind that are kept, whatever a session holds: a service that changed its format has a handful. */
const MAX_NAMES = 1_000;

interface Sum {
  readonly service: string;
  readonly name: string;
  count: number;
  items: number;
  readonly fields: Map<string, string>;
}

class Tally {
  readonly #sums = new Map<string, Sum>();
  unreported = 0;

  add(service: string, counts: JsonValue | undefined, shapes?: JsonValue): void {
    for (const [name, count] of Object.entries(recordOf(counts))) {
      const key = JSON.stringify([service, name]);
      const sum = this.#sums.get(key) ?? { service, name, count: 0, items: 0, fields: new Map() };
      if (!this.#sums.has(key) && this.#sums.size >= MAX_NAMES) {
        this.unreported += 1;
        continue;
      }
      this.#sums.set(key, sum);
      sum.count += typeof count === "number" ? count : 0;
      sum.items += 1;
      for (const [field, type] of Object.entries(recordOf(recordOf(shapes)[name]))) addType(sum.fields, field, type);
    }
  }

  list(): readonly UnknownName[] {
    return [...this.#sums.values()]
      .toSorted((a, b) => b.count - a.count || (a.service + a.name < b.service + b.name ? -1 : 1))
      .map(({ fields, ...sum }) => (fields.size === 0 ? sum : { ...sum, fields: Object.fromEntries(fields) }));
  }
}

function addType(fields: Map<string, string>, field: string, type: JsonValue | undefined): void {
  if (typeof type !== "string" || (fields.size >= MAX_NAMES && !fields.has(field))) return;
  const types = new Set([...(fields.get(field)?.split(" or ") ?? []), ...type.split(" or ")]);
  fields.set(field, [...types].toSorted().join(" or "));
}

/** Another pipeline may store something else under that name. */
const recordOf = (value: JsonValue | undefined): { readonly [key: string]: JsonValue | undefined } =>
  typeof value === "object" && value !== null && !isList(value) ? value : {};

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);
