import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeClaudeExport } from "./claude-export.ts";
import { failedRun, SECRET, type FailedRun } from "./failing-pipeline.ts";
import { holdfast, newProject, sessionIdIn, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

const PROGRAM = `import { definePipeline, runPipeline } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";

const refuse = (): string => { throw new Error("refused"); };
await runPipeline(definePipeline("p").phase("work", (phase) =>
  phase.extract(readJsonl("docs.jsonl")).step("ask", refuse).load(writeMarkdown("notes", (text) => ({ title: text, body: "" }))),
));
`;

let shared: FailedRun;
beforeAll(async () => {
  shared = await failedRun();
});

describe("holdfast show", () => {
  it("groups failed items by cause, the largest group first, each with the command that fixes it", async () => {
    const { id, run } = shared;
    const { code, stdout } = await run("show", id);
    expect(code).toBe(0);
    expect(stdout).toContain("6 items failed, of 4 causes:");
    const failed = stdout.split("\n").filter((line) => line.startsWith("  failed: "));
    expect(failed).toHaveLength(4);
    expect(failed[0]).toMatch(/^ {2}failed: 3 x judge: Doc "transient-1" was refused/);
    const fixes = stdout.split("\n").filter((line) => line.startsWith("    fix: "));
    expect(fixes).toEqual([
      `    fix: \`holdfast retry ${id} --kind transient\``,
      expect.stringContaining(`\`holdfast retry ${id} --kind answer\``),
      expect.stringContaining(`\`holdfast retry ${id} --kind input\``),
      expect.stringContaining("fix the input, then run `holdfast run "),
    ]);
  });

  it("is as brief in `status` and in the summary of a run", async () => {
    const { id, ran, run } = shared;
    const { stdout } = await run("status", id);
    for (const text of [ran.stdout, stdout]) {
      expect(text).toContain("failed: 3 x judge");
      expect(text).toContain(`fix: \`holdfast retry ${id} --kind transient\``);
      expect(text).not.toContain("evidence: ");
    }
  });

  it("prints commands that find the session from wherever it was asked", { tags: "soak" }, async () => {
    const { cwd, id } = shared;
    const elsewhere = newProject();
    const { stdout } = await holdfast(["show", id, "--workspace", join(cwd, ".holdfast")], { cwd: elsewhere });
    const printed = [...stdout.matchAll(/`holdfast (retry [^`]+|show [^`]+)`/g)].map(([, command = ""]) => command);
    expect(printed.length).toBeGreaterThan(3);
    for (const command of printed) {
      const args = command.startsWith("retry") ? [...command.split(" "), "--preview"] : command.split(" ");
      expect(await holdfast(args, { cwd: elsewhere })).toMatchObject({ code: 0 });
    }
  });

  it(
    "names the call that goes on with a session that a program began, since retry has no pipeline for it",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      writeFileSync(join(cwd, "program.mts"), PROGRAM);
      writeFileSync(join(cwd, "docs.jsonl"), '{"id":"a"}\n');
      execFileSync(process.execPath, ["program.mts"], { cwd, stdio: "ignore" });
      const id = sessionIdIn(await holdfast(["status"], { cwd }));
      const { stdout } = await holdfast(["show", id], { cwd });
      expect(stdout).toContain(`retryFailed("${id}", pipeline, { query: {"kinds":["input"]} })`);
      expect(stdout).not.toContain("holdfast retry");
    },
  );

  it("shows one item: its steps, its error with what caused it, its attempts, its files and the command that goes on", async () => {
    const { cwd, id, run } = shared;
    const { code, stdout } = await run("show", id, "transient-2");
    const folder = /^ {2}request +(\/.*)\/request\.txt$/m.exec(stdout)?.[1] ?? "";
    expect(code).toBe(0);
    expect(stdout).toMatch(/^transient-2: failed at judge$/m);
    expect(stdout).toContain(`from   ${join(cwd, "docs.jsonl")}#4`);
    expect(stdout).toMatch(/^ {2}look +done +1 call +\d+ ms$/m);
    expect(stdout).toMatch(/^ {2}judge +failed +2 calls +\d+ ms$/m);
    expect(stdout).toMatch(/^ {2}write_note +not yet$/m);
    expect(stdout).toContain(
      '  StepError: Doc "transient-2" was refused with ***\n  caused by Error: the API said ***\n',
    );
    expect(stdout).toMatch(/^ {2}1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:UTC|[+-]\d\d:\d\d) {2}transient {2}Doc/m);
    expect(stdout).toMatch(/^ {2}2 {2}\d{4}-/m);
    expect(readdirSync(folder).toSorted()).toEqual(["answer.txt", "error.json", "input.json", "request.txt"]);
    expect(stdout).toContain(`  holdfast retry ${id} --item transient-2`);
  });

  it("shows how an item went that was tried again", { tags: "soak" }, async () => {
    const { id, run, mend } = await failedRun();
    mend("transient");
    await run("retry", id, "--item", "transient-1");
    const { stdout } = await run("show", id, "transient-1");
    expect(stdout).toMatch(/^transient-1: completed$/m);
    expect(stdout).toMatch(/^ {2}tried again +1 time$/m);
    expect(stdout).toMatch(/^ {2}judge +done +1 call +\d+ ms +the last of 2 times$/m);
    expect(stdout).toMatch(/^ {2}written to +.*transient-1\.md$/m);
    expect(stdout).not.toContain("Error");
  });

  it("finds an item by a part of its id, and prints all of it as JSON", async () => {
    const { id, run } = shared;
    const { code, stdout } = await run("show", id, "wer-1", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        item: { itemId: "answer-1", status: "failed", hasContent: true, failure: { step: "judge", kind: "answer" } },
        way: [
          { step: "look", times: 1 },
          { step: "judge", last: { attempts: 2 } },
          { step: "write_note", times: 0 },
        ],
        evidence: { attempts: [{ attempt: 1 }, { attempt: 2 }] },
      },
    ]);
  });

  variants([
    ["an item that is not there", "transient-9", "Did you mean transient-1, transient-2, transient-3?"],
    ["a part of several ids", "transient", "Give a longer part of one: transient-1, transient-2, transient-3"],
    ["nothing like it", "zzzzzz", "holdfast show"],
    ["a wildcard", "%", "holdfast show"],
  ])("says what it could be for %s", async (_, item, sentence) => {
    const { id, run } = shared;
    const ran = await run("show", id, item);
    expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(sentence) });
  });

  it("says what to do for a session that is not there", async () => {
    const ran = await holdfast(["show", "20200101_000000"], { cwd: newProject() });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("holdfast status") });
  });
});

describe("a secret of the environment", () => {
  it("is neither kept in any file of the session nor printed by any command", { tags: "soak" }, async () => {
    const { cwd, id, ran, run } = shared;
    const retried = await run("retry", id, "--debug");
    const shown: readonly Finished[] = [
      ran,
      retried,
      await run("status", id),
      await run("status", id, "--json"),
      await run("show", id),
      await run("show", id, "transient-1"),
      await run("show", id, "transient-1", "--json"),
      await run("retry", id, "--preview"),
    ];
    for (const { stdout, stderr } of shown) expect(stdout + stderr).not.toContain(SECRET);
    expect(ran.stdout).toContain("was refused with ***");

    const session = join(cwd, ".holdfast/sessions", id);
    const files = readdirSync(session, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(
      (entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "latin1")] as const,
    );
    expect(texts.map(([name]) => name)).toEqual(expect.arrayContaining(["state.db", "error.json", "request.txt"]));
    for (const [, text] of texts) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain("abc.def.ghi");
    }
  });
});

describe("holdfast show --status", () => {
  it("lists the items that ended so with their reasons, page by page", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 5);
    const run = (...args: readonly string[]): Promise<Finished> => holdfast(args, { cwd });
    const id = sessionIdIn(await run("import", chats, "--out", "notes", "--min-messages", "9"));
    const all = await run("show", id, "--status", "filtered");
    expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining(`Session ${id}: 5 items filtered\n`) });
    const lines = all.stdout.split("\n").filter((line) => line.startsWith("  claude:"));
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/^ {2}claude:[0-9a-f-]+ {2}fewer than 9 messages$/);

    const first = await run("show", id, "--status", "filtered", "--limit", "3");
    expect(first.stdout).toContain("5 items filtered, here 1 to 3");
    expect(first.stdout).toContain(`Run \`holdfast show ${id} --status filtered --skip 3\` for the next.`);
    const rest = await run("show", id, "--status", "filtered", "--skip", "3", "--json");
    expect(JSON.parse(rest.stdout)).toMatchObject({ status: "filtered", total: 5, skip: 3 });
    const ids = (text: string): readonly string[] => text.match(/claude:[0-9a-f-]+/g) ?? [];
    expect([...ids(first.stdout), ...ids(rest.stdout)]).toEqual(ids(all.stdout));
    expect((await run("show", id, "--status", "skipped")).stdout).toContain("no item is skipped");
  });

  it("lists failed items with what was wrong, too", async () => {
    const { id, run } = shared;
    const { stdout } = await run("show", id, "--status", "failed", "--limit", "2");
    expect(stdout).toMatch(/^ {2}transient-1 {2}Doc "transient-1" was refused/m);
    expect(stdout).not.toContain(SECRET);
  });

  variants([
    ["--limit without it", ["--limit", "3"], "--limit and --skip need --status"],
    ["it beside an item", ["ok-1", "--status", "failed"], "--status cannot be combined with an item"],
    ["a status that there is not", ["--status", "happy"], "Allowed choices are skipped, filtered, review"],
  ])("refuses %s", async (_, args, message) => {
    const { id, run } = shared;
    expect(await run("show", id, ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});
