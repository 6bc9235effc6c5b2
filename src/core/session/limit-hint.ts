import { HoldfastError, type HintOf, type LimitHint } from "../failure/index.ts";
import type { JsonField } from "../files/index.ts";

const KINDS: Readonly<Record<LimitHint["kind"], true>> = { raise_limit: true, take_next: true };

const LIMITS: Readonly<Record<HintOf<"raise_limit">["limit"], true>> = {
  failOnError: true,
  maxConsecutiveFailures: true,
  maxCost: true,
  maxTokens: true,
};

/** Reads the hint in `session.json`: `undefined` for one that is damaged or unknown, since it is for display only. */
export function readLimitHint(field: JsonField): LimitHint | undefined {
  try {
    return readSound(field);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "session_damaged") return undefined;
    throw error;
  }
}

function readSound(field: JsonField): LimitHint {
  const kind = field.field("kind").oneOf(KINDS);
  const sessionId = field.field("sessionId").text();
  if (kind === "take_next") return { kind, limit: field.field("limit").count(), sessionId };
  const to = field.field("to");
  return { kind, limit: field.field("limit").oneOf(LIMITS), to: to.isText ? to.text() : to.amount(), sessionId };
}
