// Every TypeScript block of the docs is a program that runs, in a new project for each page, one after the other in one
// process. A `text` block right after it is what it prints, where `...` stands for what differs from run to run. Every `console` block
// is typed as it stands: `$ holdfast ...`. All TypeScript blocks of a page compile under strict too.
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { holdfast, newProject, root } from "../cli/holdfast.ts";
import { exampleProcess, type ExampleProcess } from "./example-process.ts";
import { fencesOf, type Fence } from "./fences.ts";
import { compile, newStrictProject } from "./strict-project.ts";

const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root }).toSorted()];

/** It would hear of what the blocks after it do. */
const leavesAListener = ({ text }: Fence): boolean => text.includes("diagnostics_channel");

const runs = ({ language }: Fence): boolean => language === "ts" || language === "console";

let server: FakeOllama;
let programs: ExampleProcess;
beforeAll(async () => {
  server = await startFakeOllama();
  programs = exampleProcess({ OLLAMA_HOST: server.url });
});
afterAll(async () => {
  programs.end();
  await server[Symbol.asyncDispose]();
});

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
        if (fence.language === "console") {
          const env = { OLLAMA_HOST: server.url };
          for (const { folder, args } of commandsOf(fence)) {
            expect(await holdfast(args, { cwd: join(cwd, folder), env })).toMatchObject({ code: 0 });
          }
          return;
        }
        const file = join(cwd, fileOf(fence));
        writeFileSync(file, fence.text);
        const ran = await programs.run(file);
        if (leavesAListener(fence)) programs.end();
        expect(ran.problem).toBe(undefined);
        expect(ran.complained).toBe("");
        const says = fences[index + 1];
        if (says?.language === "text") expect(ran.printed).toMatch(patternOf(says.text));
      });
    }
  });
}

describe("the TypeScript of the docs", () => {
  it("compiles under strict, as a user's own project would", async () => {
    const cwd = newStrictProject();
    for (const page of pages) {
      const folder = join(cwd, page.replaceAll(/\W/g, "-"));
      mkdirSync(folder);
      for (const fence of fencesOf(readFileSync(join(root, page), "utf8"))) {
        if (fence.language === "ts") writeFileSync(join(folder, fileOf(fence)), `${fence.text}\nexport {};\n`);
      }
    }
    expect(await compile(cwd)).toBe("");
  });
});

/** What is typed in a block: `$ holdfast ...` in the folder that a `$ cd` before it names. */
function commandsOf({ text }: Fence): readonly { readonly folder: string; readonly args: readonly string[] }[] {
  const lines = text.split("\n").map((line) => line.replace(/ #.*$/, "").trim());
  const commands: { folder: string; args: readonly string[] }[] = [];
  let folder = ".";
  for (const line of lines) {
    if (line.startsWith("$ cd ")) folder = line.slice("$ cd ".length);
    else if (line.startsWith("$ holdfast "))
      commands.push({ folder, args: line.slice("$ holdfast ".length).split(/\s+/) });
  }
  return commands;
}

/** The name a block asks for, or one of its own. */
const fileOf = ({ info, line }: Fence): string => /file=(\S+)/.exec(info)?.[1] ?? `block-${line}.ts`;

/** The printed text as a pattern: `...` matches anything on its line. */
function patternOf(text: string): RegExp {
  const escaped = text.trimEnd().replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(String.raw`\.\.\.`, ".*")}\\n?$`);
}
