import { resolve } from "node:path";
import { HoldfastError } from "../../core/failure/index.ts";
import type { ItemStatus } from "../../core/base/index.ts";
import type { AnswerForm } from "../../chats/transform/prompts/index.ts";
import { SessionManager } from "../../core/session/index.ts";
import { retryFailed } from "../../run/index.ts";
import { reportItem, type ReviewItem } from "../../run/reports/index.ts";
import { atWorkspace } from "../text/at-workspace.ts";
import { quote } from "../text/next/begin-command.ts";
import { drive } from "../terminal/drive.ts";
import { ExitCode } from "../terminal/exit-code.ts";
import { countOf } from "../text/report-text.ts";
import type { RunFlags } from "../flags/run-flags.ts";
import { limitsLeft } from "../flags/limits-left.ts";
import { exclusiveFolderOf, openSessionPipeline } from "../flags/session-pipeline.ts";
import { readStoredOptions } from "../flags/stored-options.ts";
import { showPath } from "../text/show-path.ts";
import { workspaceOf } from "../flags/workspace-flag.ts";
import { print, printAside } from "../terminal/print.ts";
import { itemWord } from "../text/escape/item-word.ts";

export interface RedoFlags extends RunFlags {
  readonly all?: boolean;
  readonly session?: string;
  readonly language?: string;
  readonly prompts?: string;
  readonly answer?: AnswerForm;
}

/** Redoes notes, session by session, and reports which of them passed. Cached answers are not used. */
export async function redoReview(
  items: readonly ReviewItem[],
  { all = false, session: _session, language, prompts, answer, ...given }: RedoFlags,
): Promise<ExitCode> {
  const workspace = workspaceOf(given);
  const sessions = Map.groupBy(items, ({ sessionId }) => sessionId);
  if (sessions.size === 0) {
    print(given.json ? JSON.stringify({ items: [] }, undefined, 2) : "No notes are in review: nothing to do.");
    return ExitCode.done;
  }
  if (given.json && sessions.size > 1) {
    throw new HoldfastError(
      "usage",
      `Expected notes of one session with --json, got those of ${sessions.size}. Nothing was changed.`,
      {
        hint: `Run it session by session: ${commandsFor(sessions, { all, llm: given.llm, at: atWorkspace(workspace) })}`,
      },
    );
  }
  const changes = {
    ...(language !== undefined && { language }),
    ...(prompts !== undefined && { prompts: resolve(prompts) }),
    ...(answer !== undefined && { answer }),
  };
  if (Object.keys(changes).length > 0) await assertOfImport([...sessions.keys()], workspace);
  const startedAt = performance.now();
  let worst: ExitCode = ExitCode.done;
  for (const [id, ofSession] of sessions) {
    const left = limitsLeft(given, { elapsedMs: performance.now() - startedAt });
    const flags: RunFlags = { ...left, workspace, cache: false };
    const opened = await openSessionPipeline(id, flags, changes);
    const { out } = opened;
    const code = await drive(
      async ({ say: _say, ...options }) => {
        const query = { itemIds: ofSession.map(({ itemId }) => itemId) };
        // Other prompts change the settings of a step, but not the steps.
        const force = Object.keys(changes).length > 0;
        return retryFailed(id, opened.pipeline, { ...options, ...exclusiveFolderOf(out), query, force });
      },
      {
        flags: opened.flags,
        session: opened.session,
        again: (count) => `Making ${countOf(count, "note")} again.`,
        closing: () => (out === undefined ? undefined : `Notes: ${showPath(out)}`),
      },
    );
    worst = worst === ExitCode.done ? code : worst;
    printAside(await whatBecame(ofSession, workspace));
    // The limits are those of the command, and not of each session that it works on.
    if (code === ExitCode.interrupted || code === ExitCode.limit) return code;
  }
  return worst;
}

/** Throws a usage error where flags for how a chat becomes a note would do nothing. */
async function assertOfImport(ids: readonly string[], workspace: string): Promise<void> {
  const manager = new SessionManager(workspace);
  for (const id of ids) {
    if (readStoredOptions(await manager.load(id)).import) continue;
    throw new HoldfastError(
      "usage",
      `--language, --prompts and --answer are for notes of \`holdfast import\`, and session ${id} is none.`,
      { hint: "Nothing was changed. Run it without them." },
    );
  }
}

const SHOWN_SESSIONS = 5;

/** The commands, one per session, that print one JSON document each. */
function commandsFor(
  sessions: ReadonlyMap<string, readonly ReviewItem[]>,
  { all, llm, at }: { readonly all: boolean; readonly llm: string | undefined; readonly at: string },
): string {
  const how = llm === undefined ? "" : ` --llm ${quote(llm)}`;
  const commands = [...sessions].map(([id, items]) => {
    const which = all ? "--all" : items.map(({ itemId }) => itemWord(itemId)).join(" ");
    return `\`holdfast review redo ${which} --session ${id}${how} --json${at}\``;
  });
  const hidden = commands.length - SHOWN_SESSIONS;
  return [...commands.slice(0, SHOWN_SESSIONS), ...(hidden > 0 ? [`and ${hidden} more`] : [])].join(", ");
}

/** `Of 3 notes that were made again, 2 passed, 1 is in review`. */
async function whatBecame(items: readonly ReviewItem[], workspace: string): Promise<string> {
  const counts = new Map<ItemStatus, number>();
  for (const { sessionId, itemId, phase } of items) {
    const now = (await reportItem(workspace, sessionId, itemId)).find(({ item }) => item.phase === phase);
    if (now) counts.set(now.item.status, (counts.get(now.item.status) ?? 0) + 1);
  }
  const parts = [...counts].map(([status, count]) => `${count} ${STANDS[status]}`);
  return `Of ${countOf(items.length, "note")} to make again: ${parts.join(", ")}.`;
}

const STANDS: Readonly<Record<ItemStatus, string>> = {
  completed: "passed",
  review: "still in review",
  failed: "failed",
  skipped: "skipped",
  filtered: "filtered",
  pending: "still to do",
  processing: "still to do",
};
