import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeClaudeExport } from "./claude-export.ts";
import { failedRun, type FailedRun } from "./failing-pipeline.ts";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";
import { variants } from "../variants.ts";

const counts = async (cwd: string, id: string): Promise<unknown> =>
  JSON.parse((await holdfast(["status", id, "--json"], { cwd })).stdout).session.counts;

let shared: FailedRun;
beforeAll(async () => {
  shared = await failedRun();
});

describe("holdfast retry", () => {
  it("--preview prints what would be tried again, and changes nothing", async () => {
    const { cwd, id, run } = shared;
    const folder = join(cwd, ".holdfast/sessions", id);
    const before = readFileSync(join(folder, "session.json"));
    const { mtimeMs } = statSync(join(folder, "state.db"));
    const { code, stdout } = await run("retry", id, "--preview");
    expect(code).toBe(0);
    expect(stdout).toContain("5 items would be tried again:\n  item         is      continues at  why\n");
    for (const item of ["transient-1", "transient-2", "transient-3", "answer-1", "input-1"]) {
      expect(stdout).toMatch(new RegExp(`^  ${item} +failed  judge +(transient|answer|input): Doc`, "m"));
    }
    expect(stdout).not.toContain("ok-1");
    expect(stdout).toContain("docs.jsonl#8");
    expect(stdout).toContain("Fix the input");
    expect(readFileSync(join(folder, "session.json")).equals(before)).toBe(true);
    expect(statSync(join(folder, "state.db")).mtimeMs).toBe(mtimeMs);
  });

  it("--preview --json prints the same as one document", async () => {
    const { id, run } = shared;
    const { stdout } = await run("retry", id, "--preview", "--kind", "transient", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      count: 3,
      items: [{ itemId: "transient-1", status: "failed", step: "judge", kind: "transient" }, {}, {}],
      query: { kinds: ["transient"] },
    });
  });

  it("--preview says what is left alone and why, and what is done beside, as text and as one document", async () => {
    const { cwd, run } = await failedRun();
    writeFileSync(join(cwd, "die"), "");
    const id = sessionIdIn(await start(["run", "failing.ts", "--window", "3"], { cwd }).finished);
    rmSync(join(cwd, "die"));
    await run("cancel", id, "ok-1");
    const text = await run("retry", id, "--preview");
    expect(text.stdout).toContain("1 item that you cancelled (ok-1) is left alone");
    const { stdout } = await run("retry", id, "--preview", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ count: 0, cancelled: [{ count: 1, examples: ["ok-1"] }], broken: [] });
    await run("resume", id, "--limit", "2");
    const { rest } = JSON.parse((await run("retry", id, "--preview", "--json")).stdout);
    const more = await run("retry", id, "--preview", "--kind", "transient", "cancelled_by_user");
    expect(more.stdout).toContain(`goes on with the rest too: ${rest.unread} that are not read yet`);
    expect(rest).toEqual({ pending: 0, unread: expect.any(Number), allRead: false });
    expect(more.stdout).not.toContain("left alone");
  });

  it("--kind tries only these kinds of failure", async () => {
    const { cwd, id, run, mend } = await failedRun();
    mend("transient");
    const one = await run("retry", id, "--kind", "transient");
    expect(one).toMatchObject({ code: 4, stderr: expect.stringContaining("Trying 3 items again.") });
    expect(await counts(cwd, id)).toMatchObject({ completed: 5, failed: 3 });
    mend("answer");
    mend("input");
    const both = await run("retry", id, "--kind", "answer", "input");
    expect(both.stderr).toContain("Trying 2 items again.");
    expect(await counts(cwd, id)).toMatchObject({ completed: 7, failed: 1 });
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(7);
  });

  it("--item tries only these items, by id or by a part that no other item has", async () => {
    const { cwd, id, run, mend } = await failedRun();
    mend("transient");
    mend("answer");
    const ran = await run("retry", id, "--item", "transient-2", "--item", "answ");
    expect(ran.stderr).toContain("Trying 2 items again.");
    expect(readdirSync(join(cwd, "notes")).toSorted()).toEqual(["answer-1.md", "ok-1.md", "ok-2.md", "transient-2.md"]);
  });

  it("--item with --kind tries what is both", { tags: "soak" }, async () => {
    const { cwd, id, run, mend } = await failedRun();
    mend("transient");
    mend("answer");
    await run("retry", id, "--item", "transient-2", "answer-1", "--kind", "answer");
    expect(readdirSync(join(cwd, "notes")).toSorted()).toEqual(["answer-1.md", "ok-1.md", "ok-2.md"]);
  });

  variants([
    ["a kind that nothing failed in", ["--kind", "bug"], "transient (3), answer (1), input (1)"],
    ["an element that could not be read", ["--item", "docs.jsonl#8"], "read_jsonl could not read it"],
    ["an item that is not there", ["--item", "transient-9"], "Did you mean transient-1, transient-2, transient-3?"],
    ["a part of several ids", ["--item", "transient"], "matches several item ids"],
    ["a kind that there is not", ["--kind", "transiant"], "Allowed choices are transient"],
  ])("says why nothing is tried for %s, and changes nothing", async (_, flags, sentence) => {
    const { cwd, id, run } = shared;
    const before = await counts(cwd, id);
    const ran = await run("retry", id, ...flags);
    expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(sentence) });
    expect(await counts(cwd, id)).toEqual(before);
  });

  it("says what is left when all went well that could be read", { tags: "soak" }, async () => {
    const { id, run, mend } = await failedRun();
    for (const kind of ["transient", "answer", "input"]) mend(kind);
    await run("retry", id);
    const left = await run("retry", id);
    expect(left).toMatchObject({ code: 1, stderr: expect.stringContaining("docs.jsonl#8") });
  });

  it("says so when nothing failed", { tags: "soak" }, async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const id = sessionIdIn(await holdfast(["import", chats, "--out", "notes"], { cwd }));
    const ran = await holdfast(["retry", id], { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("no failed items") });
  });
});
