import { parseDuration } from "../../../retry/index.ts";
import type { LaneCall, LaneLimits, RateLimit } from "../../../core/lane/index.ts";
import type { PermitWindow } from "../queue/shared-state.ts";

/** The way from a permit to the API: a busy machine, a new connection. Longer delays are not compensated. */
export const ARRIVES_WITHIN_MS: number = 500;

/** What a call takes of each window of its lane. */
export function windowsOf({ requests, tokens }: LaneLimits, call: LaneCall): readonly PermitWindow[] {
  const cost = (call.tokens?.known ?? 0) + (call.tokens?.guessed ?? 0);
  return [
    ...strictest(requests).map((window): PermitWindow => ({ ...window, counts: "requests", amount: 1 })),
    // An estimate never blocks a request forever.
    ...strictest(tokens).map((window): PermitWindow => ({
      ...window,
      counts: "tokens",
      amount: Math.min(window.limit, cost),
    })),
  ];
}

/** Of several windows of one length the one with the lowest limit. */
function strictest(limits: readonly RateLimit[]): readonly Pick<PermitWindow, "arrivesWithinMs" | "limit" | "perMs">[] {
  const byLength = new Map<number, number>();
  for (const { limit, per } of limits) {
    const perMs = parseDuration(per);
    byLength.set(perMs, Math.min(limit, byLength.get(perMs) ?? limit));
  }
  return [...byLength].map(([perMs, limit]) => ({
    perMs,
    limit,
    arrivesWithinMs: Math.min(ARRIVES_WITHIN_MS, perMs / 2),
  }));
}
