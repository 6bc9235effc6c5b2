import { expect, it } from "vitest";
import { createSession } from "../../../core/session/index.ts";
import type { RetryPlan, ReviewItem, SessionReport } from "../../../run/reports/index.ts";
import { nothingToRetry } from "../../commands/retry-preview.ts";
import { reviewListText } from "../review-text.ts";
import { writtenLines } from "../written-lines.ts";
import { beginCommand } from "./begin-command.ts";
import { assertPasteable, commandsIn } from "./fixtures/pasted.ts";

const ID = "20260119_143052";
const at = " --workspace '/tmp/my runs'";

const note = (itemId: string, sessionId = ID): ReviewItem => ({
  itemId,
  sessionId,
  phase: "import",
  outputPath: `/n/review/${itemId}.md`,
  sourcePath: "x",
  reason: "short",
});

const plan = (over: Partial<RetryPlan>): RetryPlan => ({
  count: 0,
  items: [],
  failed: [],
  pending: [],
  broken: [],
  cancelled: [],
  withoutPlace: [],
  query: {},
  ...over,
});

const session = createSession({
  id: ID,
  pipeline: { name: "p", path: "/home/me/my p.ts", hash: "" },
  phases: [],
  options: { cwd: "/home/me", flags: { cache: false } },
  now: new Date(0),
});

const report = {
  session,
  folder: `/tmp/my runs/sessions/${ID}`,
  loads: [{ phase: "p", status: "completed", change: "beside", count: 9 }],
  edited: [],
} as unknown as SessionReport;

/** What prints commands beside the ones that go on with a session. */
const PRINTERS: Readonly<Record<string, readonly [text: string, commands: number]>> = {
  "the list of notes in review": [reviewListText([note("kelp"), note("moss")], { at }), 2],
  "a note that two sessions have in review": [reviewListText([note("kelp"), note("kelp", `${ID}_02`)], { at }), 2],
  "a retry that finds nothing": [nothingToRetry(ID, plan({ failed: [{ kind: "bug" } as never] }), { at }), 1],
  "a retry of what is pending": [nothingToRetry(ID, plan({ pending: [{ itemId: "kelp" } as never] }), { at }), 2],
  "files that a summary leaves out": [
    writtenLines(report)
      .join("\n")
      .replace(/: (holdfast .*)$/m, ": `$1`"),
    1,
  ],
  "how to begin again": [`\`${beginCommand(session, { at })}\``, 1],
};

it.each(Object.entries(PRINTERS))(
  "%s: each command names the workspace, and can be pasted",
  async (_, [text, count]) => {
    const commands = commandsIn(text);
    expect(commands).toHaveLength(count);
    for (const command of commands) {
      expect(command).toContain(at);
      await assertPasteable(command);
    }
  },
);

it("names the session of a note where its id alone would not do", () => {
  expect(reviewListText([note("kelp")], { at: "" })).toContain("`holdfast review redo kelp`");
  expect(reviewListText([note("kelp"), note("kelp", `${ID}_02`)], { at: "" })).toContain(
    `\`holdfast review redo kelp --session ${ID}\``,
  );
  expect(reviewListText([note("kelp")], { at: "", session: ID })).toContain(`kelp --session ${ID}\``);
});
