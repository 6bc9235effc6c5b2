import { raisedLimit, timeLimitIn, type TimeLimit } from "../../../core/failure/index.ts";
import type { Duration } from "../../../retry/index.ts";

/** Limits of time for a retry of what did not end within the last ones. */
export type RaisedLimits = { readonly [K in TimeLimit["limit"]]?: Duration };

interface Failed {
  readonly message: string;
  readonly step: string;
}

/** Twice the limits of a run that ended these failures: of several, those that come first. */
export function raisedLimits(failures: readonly Pick<Failed, "message">[]): RaisedLimits {
  const raised: { -readonly [K in keyof RaisedLimits]: RaisedLimits[K] } = {};
  for (const { message } of failures) {
    const met = timeLimitIn(message);
    if (met === undefined || met.isOfStep) continue;
    raised[met.limit] ??= raisedLimit(met.duration);
  }
  return raised;
}

/** The steps whose own limits ended these failures: no flag and no option of a run changes those. */
export function stepsToRaise(
  failures: readonly Failed[],
): readonly { readonly step: string; readonly limit: "timeout" | "attemptTimeout" }[] {
  const found = failures.flatMap(({ message, step }) => {
    const met = timeLimitIn(message);
    if (met === undefined || !met.isOfStep) return [];
    return [{ step, limit: met.limit === "stepTimeout" ? ("timeout" as const) : ("attemptTimeout" as const) }];
  });
  return [...new Map(found.map((each) => [`${each.limit} ${each.step}`, each])).values()];
}
