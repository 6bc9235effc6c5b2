import type { FaultRow } from "./fault-row.ts";
import { CONTENT_ROWS } from "./rows/content-rows.ts";
import { CONTEXT_ROWS } from "./rows/context-rows.ts";
import { KEY_ROWS } from "./rows/key-rows.ts";
import { MODEL_ROWS } from "./rows/model-rows.ts";
import { MONEY_ROWS } from "./rows/money-rows.ts";
import { PACE_ROWS } from "./rows/pace-rows.ts";
import { RUNNER_ROWS } from "./rows/runner-rows.ts";
import { SETTING_ROWS } from "./rows/setting-rows.ts";
import { STATUS_ROWS } from "./rows/status-rows.ts";

/**
 * What servers say when they refuse, and what it means: one table for all adapters, since gateways pass on the words of
 * others. The first row that fits decides. Who says it comes first, then what stops the run, then what is one chat's, then
 * what passes, and what a status alone means comes last.
 */
export const FAULT_TABLE: readonly FaultRow[] = [
  ...RUNNER_ROWS,
  ...CONTENT_ROWS,
  ...MONEY_ROWS,
  ...KEY_ROWS,
  ...CONTEXT_ROWS,
  ...MODEL_ROWS,
  ...SETTING_ROWS,
  ...PACE_ROWS,
  ...STATUS_ROWS,
];
