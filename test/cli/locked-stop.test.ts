import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";
import { until } from "../until.ts";

const PIPELINE = `
import { definePipeline } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";
export default definePipeline("locked").phase("work", (phase) =>
  phase.extract(readJsonl("docs.jsonl")).load(writeMarkdown("notes", ({ id }) => ({ title: id, body: "Kelp." }))),
);
`;

/** Another program that has the workspace to itself, so that nobody can even open it. */
function lockAll(file: string): Disposable {
  const db = new DatabaseSync(file, { timeout: 60_000 });
  db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE others (a)");
  return {
    [Symbol.dispose]() {
      if (db.isTransaction) db.exec("ROLLBACK");
      if (db.isOpen) db.close();
    },
  };
}

it("Ctrl-C ends a run that waits to open a locked workspace, and a resume does all of it", async () => {
  const cwd = newProject();
  writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
  writeFileSync(join(cwd, "docs.jsonl"), '{"id":"kelp"}\n{"id":"sage"}\n');
  expect(await holdfast(["run", "pipeline.ts", "--limit", "1"], { cwd })).toMatchObject({ code: 6 });
  let id: string;
  {
    using _lock = lockAll(join(cwd, ".holdfast/workspace.db"));
    const { child, finished, said } = start(["run", "pipeline.ts"], { cwd });
    await until(() => said().includes("Waiting for the workspace") || child.exitCode !== null);
    child.kill("SIGINT");
    const ended = await finished;
    id = sessionIdIn(ended);
    // While it is locked still.
    expect(ended).toMatchObject({ code: 130, stdout: expect.stringContaining("interrupted (stopped by Ctrl-C)") });
    expect(ended.stdout).toContain(`holdfast resume ${id}`);
  }
  expect(await holdfast(["resume", id], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("2 items"),
  });
});

it("a run goes on when another program no longer has the workspace to itself", async () => {
  const cwd = newProject();
  writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
  writeFileSync(join(cwd, "docs.jsonl"), '{"id":"kelp"}\n');
  expect(await holdfast(["run", "pipeline.ts"], { cwd })).toMatchObject({ code: 0 });
  const lock = lockAll(join(cwd, ".holdfast/workspace.db"));
  const { child, finished, said } = start(["run", "pipeline.ts"], { cwd });
  await until(() => said().includes("Waiting for the workspace") || child.exitCode !== null);
  lock[Symbol.dispose]();
  expect(await finished).toMatchObject({ code: 0 });
});
