import { HoldfastError } from "../../core/failure/index.ts";
import { PhaseManager, SessionManager } from "../../core/session/index.ts";
import { undoMoves, type UndoneMove } from "../../chats/load/vault/index.ts";
import { lockSession } from "../../stores/sqlite/index.ts";
import { openWorkspace } from "../../stores/workspace/index.ts";
import { ExitCode } from "../terminal/exit-code.ts";
import { countOf, formatCount } from "../text/report-text.ts";
import { showPath } from "../text/show-path.ts";
import { print } from "../terminal/print.ts";

/** `holdfast organize --undo <session>`: puts back what the session moved, and reports what it could not. */
export async function undoOrganize(id: string, { workspace, json }: UndoFlags): Promise<ExitCode> {
  const sessions = new SessionManager(workspace);
  const session = await sessions.load(id);
  if (!session.phases.some(({ name }) => name === "organize")) {
    throw new HoldfastError(
      "usage",
      `Session ${id} is not an organize session: it ran pipeline ${session.pipeline.name}.`,
      { hint: { kind: "list_sessions", otherWorkspace: false } },
    );
  }
  const folder = sessions.folderOf(id);
  using _lock = lockSession(folder);
  await using shared = openWorkspace(workspace);
  const moves = await undoMoves(new PhaseManager(folder).foldersOf("organize").loadOutput, shared.ledger);
  const refused = moves.filter(({ result }) => result === "refused");
  const exitCode = refused.length === 0 ? ExitCode.done : ExitCode.partial;
  if (json) print(JSON.stringify({ session: id, moves, exitCode }, undefined, 2));
  else print(textOf(id, moves, refused).join("\n"));
  return exitCode;
}

interface UndoFlags {
  readonly workspace: string;
  readonly json: boolean;
}

function textOf(id: string, moves: readonly UndoneMove[], refused: readonly UndoneMove[]): readonly string[] {
  const undone = moves.filter(({ result }) => result === "undone");
  const before = moves.filter(({ result }) => result === "undone before");
  if (moves.length === 0) return [`Session ${id} moved nothing.`];
  return [
    `Session ${id}: ${countOf(undone.length, "note")} put back${before.length === 0 ? "" : `, ${formatCount(before.length)} before`}.`,
    ...(refused.length === 0 ? [] : [`Left alone: ${countOf(refused.length, "note")}.`]),
    ...refused.map(({ to, reason = "" }) => `  ${showPath(to)}: ${reason}`),
  ];
}
