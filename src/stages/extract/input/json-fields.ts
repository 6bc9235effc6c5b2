/** A JSON object of unknown shape: any field may be missing or of any type. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The string, or "" for anything else. Half a surrogate pair becomes U+FFFD, since it cannot be written as UTF-8. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value.toWellFormed() : "");

/** The array, or an empty one for anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** ISO 8601 in UTC, or `undefined` for anything but an ISO 8601 text. A time without a zone is in UTC: services write so. */
export function timeOf(value: unknown): string | undefined {
  const text = textOf(value).trim();
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text) || text.length === "2025-01-31".length;
  const time = new Date(hasZone ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
