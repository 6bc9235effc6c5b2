/** A value that somebody else has made, as something with fields. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is found on a way through fields and lists; `undefined` where it ends before. */
export function at(value: unknown, ...way: readonly (string | number)[]): unknown {
  return way.reduce<unknown>((found, step) => {
    if (typeof step === "number") return Array.isArray(found) ? (found as readonly unknown[])[step] : undefined;
    return isFields(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }, value);
}

export const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** A count of tokens: 0 says as little as none, since packages begin to count there. */
export const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
