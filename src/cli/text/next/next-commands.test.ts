import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSession, NO_ITEMS, type Session } from "../../../core/session/index.ts";
import type { SessionStatus } from "../../../core/base/index.ts";
import { timeLimitText, type FailureKind, type TimeLimit } from "../../../core/failure/index.ts";
import { findWorkspace } from "../../../core/pipeline/config/index.ts";
import type { FailureGroup, ItemDetails } from "../../../run/reports/index.ts";
import { failureLines } from "../failure-lines.ts";
import { assertPasteable, commandsIn } from "./fixtures/pasted.ts";
import { itemLines } from "../item-lines.ts";
import { nextCommands, type StandsAt } from "./next-commands.ts";

const ID = "20260119_143052";
const BY_COMMAND_LINE = { cwd: "/home/me", flags: {} };
const BY_PROGRAM = {};

interface State {
  readonly status: SessionStatus;
  readonly counts?: Partial<Session["counts"]>;
  readonly failures?: readonly FailureGroup[];
  readonly unread?: number;
  readonly allRead?: boolean;
  readonly hint?: Session["hint"];
}

const group = (kind: FailureKind, count: number, rest: Partial<FailureGroup> = {}): FailureGroup => ({
  phase: "p",
  step: "ask",
  kind,
  message: "m",
  count,
  retryable: true,
  examples: ["kelp"],
  folder: undefined,
  ...rest,
});

const timedOut = (limit: TimeLimit["limit"], isOfStep = false): FailureGroup =>
  group("transient", 2, {
    message: timeLimitText({ limit, duration: "90s", isOfStep, step: "ask", attempt: 1 }),
  });

const broken = group("input", 1, { retryable: false });
const moreTime = { kind: "more_time", limit: "maxTime", to: "8h", sessionId: ID } as const;
const pastDate = { kind: "more_time", limit: "until", to: "", sessionId: ID } as const;
const raise = { kind: "raise_limit", limit: "maxCost", to: 5, sessionId: ID } as const;

/** How a session stands, and the commands that go on from there. */
const STATES: Readonly<Record<string, readonly [State, readonly string[]]>> = {
  completed: [{ status: "completed", allRead: true }, []],
  "completed, with an element that could not be read": [{ status: "partial", failures: [broken] }, []],
  "ended with failures": [{ status: "partial", failures: [group("bug", 12)] }, [`retry ${ID}`]],
  "ended, everything failed": [{ status: "failed", failures: [group("bug", 12)] }, [`retry ${ID}`]],
  "ended, some cancelled": [
    { status: "partial", failures: [group("bug", 1), group("cancelled_by_user", 3)] },
    [`retry ${ID}`, `retry ${ID} --kind cancelled_by_user`],
  ],
  "ended, all that failed was cancelled": [
    { status: "partial", failures: [group("cancelled_by_user", 3)] },
    [`retry ${ID} --kind cancelled_by_user`],
  ],
  "ended, a step out of time": [
    { status: "partial", failures: [timedOut("stepTimeout")] },
    [`retry ${ID} --step-timeout 180s`],
  ],
  "ended, attempts out of time": [
    { status: "partial", failures: [timedOut("attemptTimeout"), group("bug", 1)] },
    [`retry ${ID} --attempt-timeout 180s`],
  ],
  "ended, out of a step's own time": [
    { status: "partial", failures: [timedOut("stepTimeout", true)] },
    [`retry ${ID}`],
  ],
  "ended, and a changed pipeline has no place for some": [
    { status: "partial", failures: [group("bug", 2), group("input", 3, { withoutPlace: "its step is gone" })] },
    [`retry ${ID}`],
  ],
  "ended, and a changed pipeline has no place for what failed": [
    { status: "partial", failures: [group("input", 3, { withoutPlace: "its step is gone" })] },
    [],
  ],
  running: [{ status: "running", counts: { pending: 3 } }, [`cancel ${ID}`]],
  "running, with failures": [{ status: "running", failures: [group("bug", 1), broken] }, [`cancel ${ID}`]],
  "stopped, with items left": [{ status: "interrupted", counts: { pending: 2 } }, [`resume ${ID}`]],
  "stopped, with items left and failures": [
    { status: "interrupted", counts: { pending: 2 }, failures: [group("bug", 1)], allRead: true },
    [`resume ${ID}`],
  ],
  "stopped before the source was read": [
    { status: "interrupted", unread: 5, failures: [group("bug", 1)] },
    [`resume ${ID}`],
  ],
  "stopped, nobody knows whether there is more": [
    { status: "interrupted", failures: [group("bug", 1)] },
    [`resume ${ID}`, `retry ${ID}`],
  ],
  "cut off after the last item, with failures": [
    { status: "interrupted", failures: [group("bug", 1)], allRead: true },
    [`resume ${ID}`, `retry ${ID}`],
  ],
  "stopped, nothing left but cancelled items": [
    { status: "interrupted", failures: [group("cancelled_by_user", 2)], allRead: true },
    [`retry ${ID} --kind cancelled_by_user`],
  ],
  "stopped at a limit, then all that was left was cancelled": [
    { status: "interrupted", failures: [group("cancelled_by_user", 2)], allRead: true, hint: raise },
    [`retry ${ID} --kind cancelled_by_user`],
  ],
  "killed after the last item": [{ status: "interrupted", allRead: true }, [`resume ${ID}`]],
  "stopped at a limit": [{ status: "interrupted", counts: { pending: 2 }, hint: raise }, [`resume ${ID} --max-cost 5`]],
  "stopped at its time": [{ status: "interrupted", unread: 1, hint: moreTime }, [`resume ${ID} --max-time 8h`]],
  "stopped at a date": [{ status: "interrupted", unread: 1, hint: pastDate }, [`resume ${ID}`]],
};

const ROWS = Object.entries(STATES).map(([name, [state, commands]]) => ({ name, state, commands }));

function standsAt(state: State, options: Session["options"], workspace = findWorkspace(process.cwd())): StandsAt {
  const { status, counts, failures = [], unread = 0, allRead = false, hint } = state;
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  const session = createSession({
    id: ID,
    pipeline: { name: "p", path: "/home/me/p.ts", hash: "" },
    phases: [],
    options,
    now: new Date(0),
  });
  return {
    session: { ...session, status, counts: { ...NO_ITEMS, failed, ...counts }, ...(hint && { hint }) },
    folder: join(workspace, "sessions", ID),
    failures,
    unread,
    allRead,
  };
}

describe("the commands that go on with a session", () => {
  it.each(ROWS)("that is $name", async ({ state, commands }) => {
    const printed = commandsIn(nextCommands(standsAt(state, BY_COMMAND_LINE)).join("\n"));
    expect(printed).toEqual(commands.map((command) => `holdfast ${command}`));
    for (const command of printed) await assertPasteable(command);
  });

  it.each(ROWS)("of another workspace that is $name", async ({ state, commands }) => {
    const printed = commandsIn(nextCommands(standsAt(state, BY_COMMAND_LINE, "/tmp/my runs")).join("\n"));
    expect(printed).toEqual(commands.map((command) => `holdfast ${command} --workspace '/tmp/my runs'`));
    for (const command of printed) await assertPasteable(command);
  });

  it.each(ROWS)("of a program that is $name are calls; cancel works for those too", ({ state }) => {
    const printed = commandsIn(nextCommands(standsAt(state, BY_PROGRAM)).join("\n"));
    expect(printed.filter((command) => !command.startsWith("holdfast cancel"))).toEqual([]);
  });

  it.each(ROWS.filter(({ state }) => (state.failures ?? []).length > 0))(
    "by cause, that is $name: none that is refused now",
    async ({ state }) => {
      const { session, failures, folder } = standsAt(state, BY_COMMAND_LINE, "/tmp/ws");
      const text = failureLines(session, failures, { most: 10, at: " --workspace /tmp/ws" }).join("\n");
      expect(text.includes("fix, when the run has ended:")).toBe(state.status === "running");
      for (const command of commandsIn(text)) {
        expect(command).toContain(` --workspace ${dirname(dirname(folder))}`);
        await assertPasteable(command);
      }
      const [limit] = [...new Set(failures.map(({ message }) => /^(?:Step|Attempt)/.exec(message)?.[0]))];
      if (limit !== undefined && !text.includes("in its pipeline")) expect(text).toContain("-timeout 180s");
    },
  );

  it("says before which limit of a step has to be raised, which no flag changes", () => {
    const { session, failures } = standsAt(
      { status: "partial", failures: [timedOut("attemptTimeout", true)] },
      BY_COMMAND_LINE,
    );
    expect(failureLines(session, failures, { most: 1, at: "" }).join("\n")).toContain(
      `fix: raise the step's \`attemptTimeout\` in its pipeline, then \`holdfast retry ${ID} --kind transient\``,
    );
  });
});

describe("what has to be put back first", () => {
  const failed: State = { status: "partial", failures: [group("bug", 1)] };
  const first = (state: State, options: Session["options"], exists: (path: string) => boolean): string | undefined =>
    nextCommands(standsAt(state, options), { exists })[0];
  const said = expect.stringContaining("Put it back before you go on");

  it.each([
    ["nothing, when all is there", failed, BY_COMMAND_LINE, () => true, expect.stringContaining("retry")],
    ["the folder", failed, BY_COMMAND_LINE, () => false, said],
    ["the pipeline's file", failed, BY_COMMAND_LINE, (path: string) => path === BY_COMMAND_LINE.cwd, said],
    [
      "nothing, where there is nothing to do",
      { status: "completed" } as const,
      BY_COMMAND_LINE,
      () => false,
      undefined,
    ],
    [
      "nothing, while it runs",
      { status: "running" } as const,
      BY_COMMAND_LINE,
      () => false,
      expect.stringContaining("cancel"),
    ],
    ["nothing, for a program", failed, BY_PROGRAM, () => false, expect.stringContaining("retryFailed")],
  ])("is %s", (_, state, options, exists, expected) => {
    expect(first(state, options, exists)).toEqual(expected);
  });
});

describe("what is next for one item", () => {
  const PLACES = [
    ["running", "pending", `cancel ${ID} kelp`],
    ["running", "failed", `retry ${ID} --item kelp --step-timeout 180s`],
    ["interrupted", "pending", `resume ${ID}`],
    ["interrupted", "failed", `retry ${ID} --item kelp --step-timeout 180s`],
    ["partial", "failed", `retry ${ID} --item kelp --step-timeout 180s`],
    ["completed", "completed", undefined],
  ] as const;

  it.each(PLACES)("of a session that is %s: %s", async (status, itemStatus, command) => {
    const { session } = standsAt({ status }, BY_COMMAND_LINE);
    const { message } = timedOut("stepTimeout");
    const details = {
      item: {
        itemId: "kelp",
        phase: "p",
        sourcePath: "kelp",
        status: itemStatus,
        generation: 1,
        openChildren: 0,
        hasContent: true,
        metadata: {},
        ...(itemStatus === "failed" && { failure: { step: "ask", kind: "transient", message } }),
      },
      way: [],
      evidence: { causes: [], attempts: [], files: {} },
    } as unknown as ItemDetails;
    const lines = itemLines(details, session, { at: " --workspace w" });
    const next = lines.includes("Next") ? lines.slice(lines.indexOf("Next") + 1).map((line) => line.trim()) : [];
    const isLater = status === "running" && itemStatus === "failed";
    expect(next).toEqual([
      ...(isLater ? ["When the run has ended:"] : []),
      ...(command === undefined ? [] : [`holdfast ${command} --workspace w`]),
    ]);
    for (const line of next.filter((each) => each.startsWith("holdfast"))) await assertPasteable(line);
  });
});
