import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newProject, root } from "../cli/holdfast.ts";
import { variants } from "../variants.ts";

/** What a program exports of each entry, with nothing else of Holdfast imported in that file. */
const EXPORTED: Readonly<Record<string, string>> = {
  sources: `import { readJsonl } from "holdfast/sources"; import { z } from "zod";
    export const docs = readJsonl("docs.jsonl", { schema: z.object({ id: z.string() }) });`,
  sinks: `import { writeMarkdown } from "holdfast/sinks";
    export const notes = writeMarkdown("notes", (doc: { text: string }) => ({ title: doc.text, body: doc.text }));`,
  llm: `import { createExtractive, createGguf, createOllama, createOpenAI } from "holdfast/llm";
    export const models = [createExtractive(), createGguf({ file: "m.gguf" })];
    export const ollama = createOllama({ model: "m" }); export const openai = createOpenAI({ model: "m" });`,
  bullmq: `import { createBullmqEngine } from "holdfast/bullmq";
    export const engine = createBullmqEngine({ address: { redis: "redis://127.0.0.1" } });`,
  chats: `import * as chats from "holdfast/chats";
    export const importing = chats.importPipeline({ export: "x", out: "y" });
    export const organizing = chats.organizePipeline({ folder: "x", vault: "y", workspace: ".holdfast" });
    export const sources = [chats.readMarkdown("x")]; export const all = chats.readChats("x");
    export const notes = chats.readNotes("x"); export const claude = chats.readClaudeExport("x");
    export const split = chats.splitChunks({}); export const ask = chats.extractKnowledge({});
    export const join = chats.joinPieces(); export const merge = chats.mergeNotes({});
    export const check = chats.checkQuality({}); export const short = chats.filterShort({});`,
  root: `import { definePipeline, defineStep } from "holdfast";
    export const step = defineStep({ name: "s", process: (text: string) => text });
    export const pipeline = definePipeline("p");`,
  testing: `import { startFakeAnthropic, startFakeGemini, startFakeOllama, startFakeOpenAI } from "holdfast/testing";
    export const ollama = startFakeOllama(); export const openai = startFakeOpenAI();
    export const anthropic = startFakeAnthropic(); export const gemini = startFakeGemini();`,
  retry: `import { retry, Retrying, stopAfterAttempt, waitExponential, withRetry } from "holdfast/retry";
    export const policy = new Retrying({ stop: stopAfterAttempt(3), wait: waitExponential() });
    export const call = policy.wrap(async (n: number) => n); export const decorate = withRetry(); export const run = retry;`,
};

const manifest: { readonly exports: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

/** The names of all entries, as a program imports them. */
const ENTRIES = Object.keys(manifest.exports)
  .filter((path) => !path.endsWith(".json"))
  .map((path) => join("holdfast", path));

describe("what a program exports of an entry", () => {
  variants(["nodenext", "bundler"])("has types that can be named in its declarations, with %s", (resolution) => {
    const cwd = newProject();
    symlinkSync(join(root, "node_modules/@types"), join(cwd, "node_modules/@types"));
    const compilerOptions = {
      strict: true,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: "out",
      // As an installed package, and not as the folder that the link leads to.
      preserveSymlinks: true,
      skipLibCheck: true,
      target: "es2024",
      lib: ["es2024", "esnext.disposable", "dom"],
      module: resolution === "bundler" ? "esnext" : "nodenext",
      moduleResolution: resolution,
      types: ["node"],
    };
    writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ type: "module" }));
    // A project for each: an import in one file would lend its names to the others.
    for (const [entry, text] of Object.entries(EXPORTED)) {
      writeFileSync(join(cwd, "program.ts"), text);
      const { stdout } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], {
        cwd,
        encoding: "utf8",
      });
      expect(stdout, entry).toBe("");
    }
  });
});

describe("the declarations check in a project without the types of Node,", () => {
  it("all entries in one program", () => {
    expect(checkWithoutNode(ENTRIES)).toBe("");
  });

  // What one entry refers to would be there for the others.
  it("each entry in a program of its own", { tags: "soak" }, () => {
    for (const entry of ENTRIES) expect(checkWithoutNode([entry]), entry).toBe("");
  });
});

/** What the compiler has to say of a program that imports these entries, with no types but the platform's. */
function checkWithoutNode(entries: readonly string[]): string {
  const cwd = newProject();
  const compilerOptions = {
    strict: true,
    noEmit: true,
    preserveSymlinks: true,
    skipLibCheck: false,
    target: "es2022",
    lib: ["es2022", "dom"],
    module: "nodenext",
    types: [],
  };
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ type: "module" }));
  const lines = entries.map((entry, index) => `export * as entry${index} from "${entry}";`);
  writeFileSync(join(cwd, "program.ts"), lines.join("\n"));
  return spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], {
    cwd,
    encoding: "utf8",
  }).stdout;
}
