/** One unknown thing in an export: a sign that the service has changed its format. */
export interface DriftSign {
  readonly kind: "contentType" | "role" | "recipient" | "field";
  /** Made by {@link driftName}, or a name from our own code: never a text of the chat. */
  readonly name: string;
}

/** How often each unknown thing was seen in a conversation, by its name. The names hold no text of the chat. */
export interface Drift {
  /** Types of blocks, message contents and parts of them. */
  readonly contentTypes: Readonly<Record<string, number>>;
  /** Authors of messages. */
  readonly roles: Readonly<Record<string, number>>;
  /** Recipients of messages. */
  readonly recipients: Readonly<Record<string, number>>;
  /** Fields of a wrong type, as in `message.create_time is a boolean`. They count as missing. */
  readonly fields: Readonly<Record<string, number>>;
}

export const countDrift = (signs: readonly DriftSign[]): Drift => ({
  contentTypes: countNames(signs, "contentType"),
  roles: countNames(signs, "role"),
  recipients: countNames(signs, "recipient"),
  fields: countNames(signs, "field"),
});

const MAX_NAME_CHARACTERS = 40;

/**
 * A value that should be the name of a type, as a name that may be shown to anybody: names of programs are short words
 * of letters, digits and `_ . : / -`, and anything else may be text of the chat and is not reported.
 */
export function driftName(value: unknown): string {
  if (value === undefined || value === "") return "(missing)";
  if (value === null) return "(null)";
  if (typeof value !== "string") return Array.isArray(value) ? "(array)" : `(${typeof value})`;
  return value.length <= MAX_NAME_CHARACTERS && NAME.test(value) ? value : "(not a name)";
}

/** No run of more than five digits: it might be personal. */
const NAME = /^(?!.*\d{6})[a-z][\w.:/-]*$/i;

function countNames(signs: readonly DriftSign[], kind: DriftSign["kind"]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const sign of signs) if (sign.kind === kind) counts.set(sign.name, (counts.get(sign.name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
