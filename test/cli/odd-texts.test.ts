import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import { startFakeOpenAI } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { variants } from "../variants.ts";
import { holdfast, newProject, root, sessionIdIn, type Finished } from "./holdfast.ts";

const ODD = [
  "a\0b",
  "\ud800x",
  "\u001b[31mred\u001b[0m",
  "bell\u0007",
  "\u202egpj.exe",
  "\u009b2J",
  "new\nline",
  "$(touch pwned)",
];

const PIPELINE = `
import { definePipeline } from "holdfast";
const ids = ${JSON.stringify(ODD)};
export default definePipeline("odd").phase("work", (phase) => phase
  .extract({ name: "list", version: 1, check: async () => [], async *read() {
    for (const itemId of ids) yield { kind: "item", itemId, sourcePath: itemId, content: itemId, metadata: { said: itemId } };
  } })
  .step("fail", (content) => { throw new Error("no: " + content); })
  .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({}) }));
`;

/** What a terminal obeys, but for the newlines of the layout. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe("texts from outside, on a terminal", () => {
  let cwd: string;
  let ran: Finished;
  let id: string;
  beforeAll(async () => {
    cwd = newProject();
    writeFileSync(join(cwd, "odd.mjs"), PIPELINE);
    ran = await holdfast(["run", "odd.mjs"], { cwd });
    id = sessionIdIn(ran);
  });

  const onlyShown = ({ stdout, stderr }: Finished): string => {
    expect(stdout).not.toMatch(OBEYED);
    expect(stderr).not.toMatch(OBEYED);
    return stdout;
  };

  variants<[string, () => readonly string[]]>([
    ["status", () => ["status", id]],
    ["the list of sessions", () => ["status"]],
    ["what failed", () => ["show", id]],
    ["a list of items", () => ["show", id, "--status", "failed"]],
    ["one item", () => ["show", id, "bell"]],
    ["a preview", () => ["retry", id, "--preview"]],
    ["what was not found", () => ["show", id, "\u001b]0;x\u0007"]],
    ["an unknown command", () => ["\u001b[31mred"]],
    ["an unknown flag", () => ["status", "--\u202e"]],
    ["a file that is not there", () => ["run", "\u001b[2J.mjs"]],
  ])("are shown and not obeyed: %s", async (_what, args) => {
    onlyShown(ran);
    onlyShown(await holdfast(args(), { cwd }));
  });

  variants<[string, () => readonly string[]]>([
    ["status", () => ["status", id, "--json"]],
    ["what failed", () => ["show", id, "--json"]],
    ["a list of items", () => ["show", id, "--status", "failed", "--json"]],
  ])("are in JSON what they are: %s", async (_what, args) => {
    const text = JSON.stringify(JSON.parse(onlyShown(await holdfast(args(), { cwd }))));
    for (const itemId of ODD) expect(text).toContain(JSON.stringify(itemId).slice(1, -1));
  });

  it("stand in commands that work as they are pasted", async () => {
    const { items } = JSON.parse((await holdfast(["show", id, "--status", "failed", "--json"], { cwd })).stdout);
    expect(items.map(({ itemId }: { itemId: string }) => itemId)).toEqual(ODD);
    for (const itemId of ["a\0b", "$(touch pwned)", "new\nline"]) {
      const name = itemId === "$(touch pwned)" ? itemId : JSON.stringify(itemId);
      const shown = onlyShown(await holdfast(["show", id, name], { cwd }));
      const command = /holdfast (retry \S+ --item .*)$/m.exec(shown)?.[1];
      const pasted = execFileSync(
        "sh",
        ["-c", `"$0" "$1" ${command} --preview --json`, process.execPath, join(root, "bin/holdfast.js")],
        { cwd },
      );
      expect(JSON.parse(pasted.toString()).items).toMatchObject([{ itemId }]);
    }
  });

  it("are shown and not obeyed where somebody wrote them into a session's file", async () => {
    const file = join(cwd, ".holdfast/sessions", id, "session.json");
    const session = JSON.parse(readFileSync(file, "utf8"));
    const evil = "\u001b[2J\u0007\u202e\0";
    const changed = { ...session, reason: evil, status: "interrupted", pipeline: { ...session.pipeline, name: evil } };
    writeFileSync(file, JSON.stringify(changed));
    for (const args of [["status"], ["status", id], ["show", id], ["status", id, "--json"]])
      onlyShown(await holdfast(args, { cwd }));
    writeFileSync(file, JSON.stringify(session));
  });
});

describe("a session that an older version wrote, with numbers in it that are none", () => {
  variants([-1, 12.5, 2 ** 60, "7", null])("is read, shown with %j as unknown, resumed and retried", async (count) => {
    await using server = await startFakeOpenAI({ models: [{ id: "m", contextTokens: 16_384 }] });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const ran = await holdfast(["import", chats, "--out", "notes", "--llm", "openai:m", "--openai-url", server.url], {
      cwd,
    });
    const id = sessionIdIn(ran);
    const db = new DatabaseSync(join(cwd, ".holdfast/sessions", id, "state.db"));
    // The columns of sums are integers.
    if (typeof count === "number" && Number.isInteger(count))
      db.prepare("UPDATE step_totals SET input_tokens = ? WHERE calls > 0").run(BigInt(count));
    const runs = JSON.parse(String(db.prepare("SELECT value FROM facts WHERE key = 'runs'").get()?.["value"]));
    runs[0].ended.usage.inputTokens = count;
    runs[0].ended.durationMs = count;
    db.prepare("UPDATE facts SET value = ? WHERE key = 'runs'").run(JSON.stringify(runs));
    db.close();
    for (const args of [["status"], ["status", id], ["show", id], ["resume", id], ["retry", id]]) {
      expect(await holdfast(args, { cwd })).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
    }
    const report = JSON.parse((await holdfast(["status", id, "--json"], { cwd })).stdout);
    const isSum = typeof count === "number" && Number.isInteger(count);
    expect(report.usage).toMatchObject(isSum ? { calls: 2, inputTokens: 0, callsOfUnknownTokens: 2 } : { calls: 2 });
    expect(server.calls).toHaveLength(2);
  });

  it("is not written any more: a server that counts so is paid once, and its tokens are unknown", async () => {
    const choices = [{ index: 0, message: { role: "assistant", content: "Kelp." }, finish_reason: "stop" }];
    const odd = (prompt_tokens: unknown) =>
      ({ does: "respond", status: 200, body: { choices, usage: { prompt_tokens, completion_tokens: 3 } } }) as const;
    await using server = await startFakeOpenAI({ faults: [odd(-1), odd(12.5)] });
    const cwd = newProject();
    writeFileSync(join(cwd, "ask.mjs"), ASK);
    const ran = await holdfast(["run", "ask.mjs", "--llm", "openai:m", "--openai-url", server.url], { cwd });
    expect(ran.stdout).toContain("2 calls did not report them");
    expect(await holdfast(["resume", sessionIdIn(ran)], { cwd })).toMatchObject({ code: 0 });
    expect(server.calls).toHaveLength(2);
  });
});

const ASK = `
import { definePipeline } from "holdfast";
export default definePipeline("ask").phase("work", (phase) => phase
  .extract({ name: "list", version: 1, check: async () => [], async *read() {
    for (const itemId of ["a", "b"]) yield { kind: "item", itemId, sourcePath: "list", content: itemId };
  } })
  .step("ask", async (prompt, { model }) => (await model.generate({ prompt })).text)
  .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({}) }));
`;
