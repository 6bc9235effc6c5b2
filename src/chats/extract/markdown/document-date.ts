/** A date as people write it in front matter. */
const DATE =
  /^(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})(?:(?:T|[ \t]+)(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?)?[ \t]*(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;

/**
 * ISO 8601 in UTC of a date such as `2025-01-31 10:00:00 +0900`, `2025-01-31T10:00:00Z` or `2025-01-31`. A time without
 * a zone is in UTC. `undefined` for anything else, and for a day that the calendar does not have.
 */
export function dateOf(value: unknown): string | undefined {
  const parts = typeof value === "string" ? DATE.exec(value.trim())?.groups : undefined;
  if (!parts) return undefined;
  const number = (name: string): number => Number(parts[name] ?? 0);
  const [year, month, day] = [number("year"), number("month"), number("day")];
  const local = new Date(Date.UTC(year, month - 1, day, number("hour"), number("minute"), number("second")));
  const isReal = local.getUTCMonth() === month - 1 && number("hour") < 24 && number("minute") < 60;
  return isReal ? new Date(local.getTime() - zoneMs(parts["zone"])).toISOString() : undefined;
}

function zoneMs(zone: string | undefined): number {
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (!found) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === "-" ? -minutes : minutes) * 60_000;
}

/** What a file's name says: `2025-01-31-how-kelp-holds-on.md`. */
export interface DatedName {
  /** ISO 8601 in UTC. */
  readonly date: string | undefined;
  /** Without date and extension; the date itself when there is nothing else. */
  readonly slug: string;
}

export function datedName(fileName: string): DatedName {
  const stem = fileName.replace(/\.[^.]*$/, "");
  const found = /^(\d{4}-\d{1,2}-\d{1,2})(?:[-_ ]+(.+))?$/.exec(stem);
  const date = dateOf(found?.[1]);
  return { date, slug: date === undefined ? stem : (found?.[2] ?? stem) };
}
