import { HoldfastError, type HintOf, type LimitHint } from "../failure/index.ts";
import type { JsonField } from "../files/index.ts";

const KINDS: Readonly<Record<LimitHint["kind"], true>> = { more_time: true, raise_limit: true, take_next: true };

const LIMITS: Readonly<Record<HintOf<"raise_limit">["limit"], true>> = {
  failOnError: true,
  maxConsecutiveFailures: true,
  maxCost: true,
  maxTokens: true,
};

/** It becomes a part of a command. */
const MORE_TIME = /^(\d{1,20}(\.\d{1,20})?(ms|s|m|h)|\d\d:\d\d)$/;

const SHARE = /^\d{1,3}(\.\d{1,20})?%$/;

/** Reads the hint in `session.json`: `undefined` for one that is damaged or unknown, since it is for display only. */
export function readLimitHint(field: JsonField, sessionId: string): LimitHint | undefined {
  try {
    const hint = readSound(field);
    // It becomes a command to paste: one that names something else was not written by us.
    return hint.sessionId === sessionId ? hint : undefined;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "session_damaged") return undefined;
    throw error;
  }
}

function readSound(field: JsonField): LimitHint {
  const kind = field.field("kind").oneOf(KINDS);
  const sessionId = field.field("sessionId").text();
  if (kind === "take_next") return { kind, limit: field.field("limit").count(), sessionId };
  if (kind === "more_time") {
    const to = field.field("to").text();
    if (to !== "" && !MORE_TIME.test(to)) field.field("to").refuse("a time such as 8h or 06:00");
    return { kind, limit: field.field("limit").oneOf({ maxTime: true, until: true }), to, sessionId };
  }
  const limit = field.field("limit").oneOf(LIMITS);
  const to = field.field("to");
  if (!to.isText) return { kind, limit, to: to.amount(), sessionId };
  return {
    kind,
    limit,
    to: SHARE.test(to.text()) ? to.text() : to.refuse("a number or a share such as 5%"),
    sessionId,
  };
}
