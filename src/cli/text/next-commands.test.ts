import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSession, NO_ITEMS, type Session } from "../../core/session/index.ts";
import type { SessionStatus } from "../../core/base/index.ts";
import { findWorkspace } from "../../core/pipeline/config/index.ts";
import { nextCommands as commandsOf } from "./summary.ts";

const ID = "20260119_143052";

const nextCommands = (report: Omit<Parameters<typeof commandsOf>[0], "folder">): readonly string[] =>
  commandsOf({ ...report, folder: join(findWorkspace(process.cwd()), "sessions", ID) });

const session = (status: SessionStatus, counts: Partial<Session["counts"]>): Session => ({
  ...createSession({
    id: ID,
    pipeline: { name: "p", path: null, hash: "" },
    phases: [],
    options: { cwd: "/home/me", flags: {} },
    now: new Date(0),
  }),
  status,
  counts: { ...NO_ITEMS, ...counts },
});

const failures = (count: number): Parameters<typeof commandsOf>[0]["failures"] => [
  { phase: "p", step: "s", kind: "bug", message: "m", count, retryable: true, examples: [] } as never,
];

describe("nextCommands", () => {
  it("says nothing after a run that did all", () => {
    expect(nextCommands({ session: session("completed", { completed: 3 }), failures: [], unread: 0 })).toEqual([]);
  });

  it("resumes while anything is pending or not read yet, whatever failed", () => {
    for (const [pending, unread] of [
      [2, 0],
      [0, 5],
    ] as const) {
      const report = { session: session("interrupted", { failed: 1, pending }), failures: failures(1), unread };
      expect(nextCommands(report)[0]).toContain(`holdfast resume ${ID}`);
    }
  });

  it("retries when nothing is left but what failed, and names that beside resume after a run that was stopped", () => {
    const retry = `Run \`holdfast retry ${ID}\` to try the 12 failed again. The others are safe.`;
    const after = (status: SessionStatus): readonly string[] =>
      nextCommands({ session: session(status, { failed: 12 }), failures: failures(12), unread: 0 });
    expect(after("partial")).toEqual([retry]);
    expect(after("failed")).toEqual([retry]);
    expect(after("interrupted")).toEqual([expect.stringContaining(`holdfast resume ${ID}`), retry]);
  });

  it("names the calls for a session that a program began, since the command line has no pipeline for it", () => {
    const ofProgram = (status: SessionStatus): Session => ({ ...session(status, { failed: 2 }), options: {} });
    const after = (status: SessionStatus): readonly string[] =>
      nextCommands({ session: ofProgram(status), failures: failures(2), unread: 0 });
    expect(after("partial")).toEqual([
      `Run \`retryFailed("${ID}", pipeline)\` to try the 2 failed again. The others are safe.`,
    ]);
    expect(after("interrupted")[0]).toContain(`resumeSession("${ID}", pipeline)`);
  });
});
