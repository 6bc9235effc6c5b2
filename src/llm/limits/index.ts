export type { Headers } from "./headers.ts";
export { durationMs, untilMs } from "./times.ts";
export { retryAfterMs, toldLimits } from "./told-limits.ts";
