import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast, newProject, root, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

const newExample = (): string => {
  const cwd = newProject();
  cpSync(join(root, "examples/summaries/docs.jsonl"), join(cwd, "docs.jsonl"));
  cpSync(join(root, "examples/summaries/summaries.ts"), join(cwd, "summaries.ts"));
  return cwd;
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

describe("holdfast run", () => {
  it("runs the example pipeline and writes its notes", async () => {
    const cwd = newExample();
    const ran = await holdfast(["run", "summaries.ts"], { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
    expect(readdirSync(join(cwd, "notes")).toSorted()).toEqual(["checkpoints.md", "kelp.md", "retries.md"]);
    const session = readJson(join(cwd, ".holdfast/sessions", sessionIdIn(ran), "session.json"));
    expect(session).toMatchObject({
      status: "completed",
      pipeline: { path: join(cwd, "summaries.ts") },
      counts: { completed: 3 },
    });
  });

  it("keeps a log and dumps per stage with --debug, and only the status files without", async () => {
    const cwd = newExample();
    const plain = await holdfast(["run", "summaries.ts"], { cwd });
    const debug = await holdfast(["run", "summaries.ts", "--debug"], { cwd });
    const folderOf = (id: string): string => join(cwd, ".holdfast/sessions", id, "import");
    expect(existsSync(join(folderOf(sessionIdIn(plain)), "transform/debug.log"))).toBe(false);
    expect(readdirSync(join(folderOf(sessionIdIn(plain)), "transform/output"))).toEqual([]);
    expect(existsSync(join(folderOf(sessionIdIn(debug)), "transform/debug.log"))).toBe(true);
    expect(readdirSync(join(folderOf(sessionIdIn(debug)), "transform/output/summarise"))).toHaveLength(3);
  });

  it("puts one JSON document on stdout with --json", async () => {
    const cwd = newExample();
    const { code, stdout } = await holdfast(["run", "summaries.ts", "--json"], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 0,
      session: { status: "completed", counts: { completed: 3 } },
    });
  });

  it("names the line that does not fit, keeps the others, and says how to go on", async () => {
    const cwd = newExample();
    writeFileSync(join(cwd, "docs.jsonl"), '{"id":"a","text":"One. Two."}\n{"id":"b"}\nnot json\n');
    const { code, stdout } = await holdfast(["run", "summaries.ts"], { cwd });
    expect(code).toBe(4);
    expect(stdout).toContain("3 items: 1 completed, 2 failed");
    expect(stdout).toContain("text");
    expect(readdirSync(join(cwd, "notes"))).toEqual(["a.md"]);
  });

  variants([
    ["a file that is not there", "nothing.ts", 2, "There is no file"],
    ["a file without a pipeline", "empty.ts", 1, "does not export a pipeline as its default"],
    ["a file that throws", "throws.ts", 1, "my own fault"],
    ["an input that is not there", "missing-input.ts", 2, "nowhere.jsonl"],
  ])("refuses %s in one sentence", async (_, file, code, sentence) => {
    const cwd = newExample();
    writeFileSync(join(cwd, "empty.ts"), "export default 1;");
    writeFileSync(join(cwd, "throws.ts"), 'throw new Error("my own fault");');
    const pipeline = readFileSync(join(cwd, "summaries.ts"), "utf8").replace("docs.jsonl", "nowhere.jsonl");
    writeFileSync(join(cwd, "missing-input.ts"), pipeline);
    const ran = await holdfast(["run", file], { cwd });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(sentence);
    expect(ran.stderr).not.toMatch(/\n\s+at .*\n\s+at /);
    expect(existsSync(join(cwd, ".holdfast/sessions"))).toBe(false);
  });
});

describe("holdfast", () => {
  variants(["--help", "run --help", "import --help", "resume --help", "retry --help", "status --help"])(
    "explains itself with %s",
    async (args) => {
      const { code, stdout } = await holdfast(args.split(" "), { cwd: newProject() });
      expect(code).toBe(0);
      expect(stdout).toContain(args === "--help" ? "import" : "Examples:");
    },
  );

  it("says what is wrong with a flag it does not know", async () => {
    const { code, stderr } = await holdfast(["import", "x", "--out", "y", "--min-mesages", "2"], { cwd: newProject() });
    expect(code).toBe(1);
    expect(stderr).toContain("unknown option '--min-mesages'");
    expect(stderr).toContain("Did you mean --min-messages?");
  });

  it("prints its version", async () => {
    const { version } = readJson(join(root, "package.json")) as { version: string };
    expect(await holdfast(["--version"], { cwd: newProject() })).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe("a bug in a step", () => {
  const withBug = (bad: string): string => {
    const cwd = newExample();
    writeFileSync(
      join(cwd, "bug.mjs"),
      `import { definePipeline } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";

export default definePipeline("bug").phase("work", (phase) =>
  phase
    .extract(readJsonl("many.jsonl"))
    .step("slip", (doc) => (${bad} ? doc.no.such : doc))
    .load(writeMarkdown("notes", (doc) => ({ title: doc.id, body: "" }))),
);
`,
    );
    const lines = Array.from({ length: 60 }, (_, n) => JSON.stringify({ id: `d${n}`, n }));
    writeFileSync(join(cwd, "many.jsonl"), lines.join("\n"));
    return cwd;
  };

  it(
    "ends with 5 when it stopped the run and nothing succeeded, and with 4 when something did",
    { tags: "soak" },
    async () => {
      const all = await holdfast(["run", "bug.mjs", "--window", "1"], { cwd: withBug("true") });
      expect(all).toMatchObject({ code: 5, stdout: expect.stringContaining("5 items: 5 failed") });
      const some = await holdfast(["run", "bug.mjs", "--window", "1"], { cwd: withBug("doc.n > 2") });
      expect(some).toMatchObject({ code: 4, stdout: expect.stringContaining("3 completed, 5 failed") });
    },
  );
});
