import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOllama } from "../../src/llm/ollama/index.ts";
import { importPipeline } from "../../src/chats/phases/index.ts";
import { runPipeline } from "../../src/run/index.ts";
import { startFakeOllama } from "../../src/entries/testing.ts";

const root = new URL("../..", import.meta.url).pathname;

/** The exports whose notes are kept, and where. */
export const EXPORTS = ["claude-export", "chatgpt-export"] as const;

/** The engines that make them; the fake Ollama has little context, so that a long chat is worked on in parts. */
export const ENGINES = ["extractive", "ollama"] as const;

export type Engine = (typeof ENGINES)[number];

/** The folder of the kept notes of one export by one engine. */
export const goldenFolder = (name: string, engine: Engine): string => join(root, "test/golden", `${name}-${engine}`);

/** Imports an example and gives back its notes by path, without what is different in every run. */
export async function makeNotes(name: string, engine: Engine): Promise<ReadonlyMap<string, string>> {
  const work = await mkdtemp(join(tmpdir(), "holdfast-golden-"));
  const out = join(work, "notes");
  const pipeline = importPipeline({ export: join(root, "examples", name), out });
  const options = { workspace: join(work, ".holdfast") };
  if (engine === "extractive") await runPipeline(pipeline, options);
  else {
    await using server = await startFakeOllama();
    await runPipeline(pipeline, {
      ...options,
      model: createOllama({ model: "llama3.2", baseUrl: server.url, numCtx: 2_048 }),
    });
  }
  return readNotes(out);
}

/** The Markdown files of a folder and of those below it, by path. */
export async function readNotes(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".md")).toSorted();
  const notes = new Map<string, string>();
  for (const name of names) {
    const text = await readFile(join(folder, name), "utf8");
    notes.set(name, text.replace(/^session: .*$/m, "session: (the session)"));
  }
  return notes;
}
