// Every TypeScript block of the docs is a program that runs, in a new project, one after the other for each page. A `text`
// block right after it is what it prints, where `...` stands for what differs from run to run. Every `console` block
// is typed as it stands: `$ holdfast ...`.
import { spawn } from "node:child_process";
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/testing/index.ts";
import { holdfast, newProject, root, type Finished } from "../cli/holdfast.ts";
import { fencesOf, type Fence } from "./fences.ts";

const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root }).toSorted()];

const runs = ({ language }: Fence): boolean => language === "ts" || language === "console";

for (const page of pages) {
  const fences = fencesOf(readFileSync(join(root, page), "utf8"));
  if (!fences.some(runs)) continue;
  describe(page, () => {
    const cwd = newProject();
    cpSync(join(root, "examples"), join(cwd, "examples"), { recursive: true });
    cpSync(join(root, "examples/summaries/docs.jsonl"), join(cwd, "docs.jsonl"));
    for (const [index, fence] of fences.entries()) {
      if (!runs(fence)) continue;
      it(`runs the ${fence.language} block of line ${fence.line}`, async () => {
        await using server = await startFakeOllama();
        const env = { OLLAMA_HOST: server.url };
        if (fence.language === "console") {
          for (const line of commandsOf(fence)) expect(await holdfast(line, { cwd, env })).toMatchObject({ code: 0 });
          return;
        }
        const finished = await runProgram(fence, { cwd, env });
        expect(finished.stderr).toBe("");
        expect(finished.code).toBe(0);
        const printed = fences[index + 1];
        if (printed?.language === "text") expect(finished.stdout).toMatch(patternOf(printed.text));
      });
    }
  });
}

const commandsOf = ({ text }: Fence): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("$ holdfast "))
    .map((line) => line.replace(/ #.*$/, "").slice("$ holdfast ".length).trim().split(/\s+/));

function runProgram(
  { text, info, line }: Fence,
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Finished> {
  const file = /file=(\S+)/.exec(info)?.[1] ?? `block-${line}.ts`;
  writeFileSync(join(cwd, file), text);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file], {
    cwd,
    env: { ...process.env, ...env },
  });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out.stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...out })));
}

/** The printed text as a pattern: `...` matches anything on its line. */
function patternOf(text: string): RegExp {
  const escaped = text.trimEnd().replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(String.raw`\.\.\.`, ".*")}\\n?$`);
}
