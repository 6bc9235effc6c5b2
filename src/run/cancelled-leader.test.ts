import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { until } from "../../test/until.ts";
import { systemClock } from "../core/base/index.ts";
import { EqualCalls, InFlight, RunControl } from "../core/runner/index.ts";
import { openWorkspace, type Workspace } from "../stores/workspace/index.ts";

const KEY = "k".repeat(64);
const itemOf = (itemId: string) => ({ phase: "p", itemId });

let folder: string;
let workspace: Workspace;
let other: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-leader-"));
  workspace = openWorkspace(folder);
  other = new DatabaseSync(join(folder, "workspace.db"));
});
afterEach(() => {
  other.close();
  workspace.close();
  rmSync(folder, { recursive: true });
});

/** Items that ask the same, one after the other, and those of them that are cancelled while the workspace is locked. */
const ROWS = [
  { asking: ["a", "b"], cancelled: ["a"] },
  { asking: ["a", "b"], cancelled: ["b"] },
  { asking: ["a", "b", "c"], cancelled: ["a", "b"] },
  { asking: ["a", "b", "c"], cancelled: ["b", "a"] },
];

it.each(ROWS)("of $asking, of which $cancelled are cancelled, one makes the call, under a lease", async (row) => {
  const control = new RunControl();
  const inFlight = new InFlight({ control, clock: systemClock });
  const onFault = (message: string): never => expect.fail(message);
  using leases = workspace.openLeases({ owner: "here", onFault });
  using others = workspace.openLeases({ owner: "another session", onFault });
  const made = new EqualCalls({ leases, control, inFlight, clock: systemClock });
  const held: boolean[] = [];
  const ask = (itemId: string) =>
    made.once({ key: KEY, step: "ask", item: itemOf(itemId), startedAtMs: systemClock.now() }, async ({ share }) => {
      held.push(others.look(KEY).isHeld);
      expect(await others.take(KEY)).toBe("elsewhere");
      workspace.cache.set(KEY, "ask", "1");
      share("1");
      return "called";
    });

  other.exec("BEGIN IMMEDIATE");
  const ends = new Map(row.asking.map((itemId) => [itemId, ask(itemId)]));
  await until(() => inFlight.list().length === row.asking.length);
  for (const itemId of row.cancelled) {
    inFlight.cancel(itemOf(itemId));
    expect(await ends.get(itemId)).toMatchObject({ kind: "ended" });
  }
  other.exec("ROLLBACK");
  const left = row.asking.filter((itemId) => !row.cancelled.includes(itemId));
  for (const itemId of left) expect(await ends.get(itemId)).toMatchObject({ kind: "called" });
  expect(held).toEqual([true]);
});
