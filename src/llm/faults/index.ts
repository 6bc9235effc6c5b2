export type { About, Adapter } from "./fault-row.ts";
export { FAULT_TABLE } from "./fault-table.ts";
export { keyHider } from "./hide-key.ts";
export { briefly, failureOf, type FailureOptions, judge, type Verdict } from "./judge.ts";
export { mostOutputTokensIn } from "./most-output-tokens.ts";
export { isPage } from "./page.ts";
export { LearntRoom, roomInContext, type ToldContext } from "./room-in-context.ts";
export { saidInAnswer, saidInRefusal } from "./said.ts";
export { failureAfterTrial, refusedTrial, type Trial } from "./trial.ts";
