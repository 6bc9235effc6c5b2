import { rm } from "node:fs/promises";
import { ItemStatus } from "../../core/base/index.ts";
import { SessionManager } from "../../core/session/index.ts";
import type { RunEvent, SessionOutcome } from "../../core/runner/index.ts";
import { previewOrganizePipeline } from "../../chats/phases/index.ts";
import { runPipeline } from "../../run/index.ts";
import { reportSession } from "../../run/reports/index.ts";
import { openProgress } from "../terminal/progress.ts";
import { toRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { controlBySignals } from "../terminal/signals.ts";
import { storeOptions } from "../flags/stored-options.ts";
import type { PreviewRow } from "../text/organize-table.ts";
import type { UsedUp } from "../flags/limits-left.ts";
import { workspaceOf } from "../flags/workspace-flag.ts";
import type { StoredOrganize } from "../flags/stored-organize.ts";

export interface Preview {
  readonly rows: readonly PreviewRow[];
  readonly outcome: SessionOutcome;
  /** What it took of the limits of the command. */
  readonly used: Required<UsedUp>;
}

/**
 * Shows what would be done with each file, and changes nothing. It is a session of its own, so that a model's answers
 * are retried and cached as in any other; one that cost nothing and had no failures leaves no trace.
 */
export async function previewOrganize(options: StoredOrganize, flags: RunFlags): Promise<Preview> {
  const startedAt = performance.now();
  const rows = new Map<string, PreviewRow>();
  const progress = openProgress({ stream: process.stderr, env: process.env, before: undefined });
  using signals = controlBySignals(progress.say, () => undefined);
  const onEvent = (event: RunEvent): void => {
    progress.onEvent(event);
    if (event.kind !== "item" || rows.has(event.itemId)) return;
    const { itemId: path, status, reason = "" } = event;
    if (status === ItemStatus.failed) rows.set(path, { path, kind: "failed", reason });
    if (status === ItemStatus.skipped) rows.set(path, { path, kind: "skip", reason });
  };
  const pipeline = previewOrganizePipeline(options, (row) => rows.set(row.path, row));
  try {
    const outcome = await runPipeline(pipeline, {
      ...(await toRunOptions(flags)),
      control: signals.control,
      onEvent,
      sessionOptions: storeOptions(flags, undefined, { ...options, preview: true }),
    });
    const { usage } = await reportSession(workspaceOf(flags), outcome.session.id);
    if (isWhole(outcome) && outcome.session.counts.failed === 0 && usage.calls === 0) {
      await rm(new SessionManager(workspaceOf(flags)).folderOf(outcome.session.id), { recursive: true, force: true });
    }
    const [elapsedMs, tokens] = [performance.now() - startedAt, usage.inputTokens + usage.outputTokens];
    return { rows: [...rows.values()], outcome, used: { elapsedMs, cost: usage.cost, tokens } };
  } finally {
    progress.done();
  }
}

/** Whether it shows all that was asked for: `--limit` asks for the first notes only, and the run takes the same ones. */
export const isWhole = ({ cause }: Pick<SessionOutcome, "cause">): boolean =>
  cause === undefined || (cause.kind === "limit" && cause.limit === "limit");
