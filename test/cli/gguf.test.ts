import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { canRunLlama } from "../../src/llm/gguf/fixtures/can-run.ts";
import { writeTinyGguf } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root } from "./holdfast.ts";
import { variants } from "../variants.ts";

const NOTE = `# Plans at sea

## Summary

Somebody asked about the sea and chose a plan for it.

## Tags

sea, plan, watch

## Content

The weather decides. Look at the barometer first, write the times down before anybody leaves, and keep one person on
watch for as long as the boat is out: that is what makes a plan a sound one.
`;

/** Several threads only wait for each other over so little work. */
const ONE_THREAD = { LLAMA_ARG_THREADS: "1" };

/** A folder with an export and a model file, and the command that imports one with the other. */
async function importing(model: Parameters<typeof writeTinyGguf>[1], chats: number) {
  const cwd = newProject();
  await writeTinyGguf(join(cwd, "tiny.gguf"), model);
  writeClaudeExport(join(cwd, "chats"), chats);
  return { cwd, args: ["import", "chats", "--out", "notes", "--llm", "gguf:tiny.gguf", "--max-attempts", "1"] };
}

if (await canRunLlama()) {
  describe("holdfast import with a GGUF file", () => {
    it("writes what the model says, in this process and without a server", async () => {
      const { cwd, args } = await importing({ says: NOTE, contextTokens: 8192 }, 2);
      const ran = await holdfast(args, { cwd, env: ONE_THREAD });
      expect(ran.stderr).toContain("tiny.gguf: 8,192 tokens of context; runs on the CPU: expect it to be slow");
      // A busy machine makes none: it has a second for it.
      expect(ran.stderr).toMatch(/^(?:Estimate: 2 calls,|No estimate: it would take too long)/m);
      // What a model this small says of a chat may be good enough for a note, or for a look by a person.
      expect(ran.code).toBe(0);
      const notes = readdirSync(join(cwd, "notes"), { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".md"),
      );
      expect(notes).toHaveLength(2);
      expect(readFileSync(join(cwd, "notes", notes[0] ?? ""), "utf8")).toContain("Look at the barometer first,");
    });

    it("says that each answer was cut off when the model never ends, and ends in order", { tags: "soak" }, async () => {
      const { cwd, args } = await importing({ says: "kelp and rock", isEndless: true, contextTokens: 4096 }, 1);
      const ran = await holdfast(args, { cwd, env: ONE_THREAD });
      expect(ran.code).toBe(5);
      expect(ran.stdout).toMatch(/1 item: .*1 failed/);
      expect(ran.stdout).toContain("cut off");
    });
  });
} else {
  describe("holdfast import with a GGUF file on a machine that llama.cpp has no build for", () => {
    it("ends before the first item and says why", async () => {
      const { cwd, args } = await importing({ says: NOTE }, 1);
      const ran = await holdfast(args, { cwd });
      expect(ran.code).toBe(3);
      expect(ran.stderr).toContain("llama.cpp does not run here");
    });
  });
}

describe("holdfast import with a GGUF file that cannot be used", () => {
  variants([
    ["is missing", "gguf:tini.gguf", 'Did you mean "tiny.gguf"?'],
    ["is something else", "gguf:chats/conversations.json", "is not a GGUF file"],
  ])("ends before the first item when it %s", async (_, llm, sentence) => {
    const { cwd, args } = await importing({}, 1);
    const ran = await holdfast([...args, "--llm", llm], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(sentence);
  });

  it("says what to install when node-llama-cpp is not there", async () => {
    const { cwd, args } = await importing({}, 1);
    const installed = join(cwd, "elsewhere");
    mkdirSync(join(installed, "node_modules"), { recursive: true });
    for (const part of ["bin", "dist"]) cpSync(join(root, part), join(installed, part), { recursive: true });
    const { dependencies, ...rest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    writeFileSync(join(installed, "package.json"), JSON.stringify({ ...rest, dependencies }));
    for (const name of Object.keys(dependencies)) {
      const link = join(installed, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", name), link);
    }
    const run = promisify(execFile)(process.execPath, [join(installed, "bin/holdfast.js"), ...args], { cwd });
    await expect(run).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /needs the package node-llama-cpp, which is not installed[\s\S]*npm install node-llama-cpp/,
      ),
    });
  });
});
