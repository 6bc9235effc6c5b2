import { parseDuration } from "../../retry/index.ts";
import type { LaneCall, LaneLimits, RateLimit } from "../../core/index.ts";
import type { PermitWindow } from "./shared-state.ts";

/**
 * So much longer than it says is a window among machines: a call is counted when it is permitted, and the way from there
 * to the API takes a little longer for one call than for another.
 */
const GUARD_MS = 100;

/** What a call takes of each window of its lane. */
export function windowsOf({ requests, tokens }: LaneLimits, call: LaneCall): readonly PermitWindow[] {
  const cost = (call.tokens?.known ?? 0) + (call.tokens?.guessed ?? 0);
  return [
    ...strictest(requests).map((window): PermitWindow => ({ ...window, counts: "requests", amount: 1 })),
    // A guess never keeps a request out for good.
    ...strictest(tokens).map((window): PermitWindow => ({
      ...window,
      counts: "tokens",
      amount: Math.min(window.limit, cost),
    })),
  ];
}

/** Of several windows of one length the one with the lowest limit. */
function strictest(limits: readonly RateLimit[]): readonly Pick<PermitWindow, "limit" | "perMs">[] {
  const byLength = new Map<number, number>();
  for (const { limit, per } of limits) {
    const perMs = parseDuration(per) + GUARD_MS;
    byLength.set(perMs, Math.min(limit, byLength.get(perMs) ?? limit));
  }
  return [...byLength].map(([perMs, limit]) => ({ perMs, limit }));
}
