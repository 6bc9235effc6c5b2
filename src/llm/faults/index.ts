export type { About, Adapter } from "./fault-row.ts";
export { FAULT_TABLE } from "./fault-table.ts";
export { keyHider } from "./hide-key.ts";
export { briefly, failureOf, type FailureOptions, judge, type Verdict } from "./judge.ts";
export { isPage } from "./page.ts";
export { saidInAnswer, saidInRefusal } from "./said.ts";
