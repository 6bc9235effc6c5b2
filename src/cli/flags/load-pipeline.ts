import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { importDefault, type ImportHint } from "../../config/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { isPipeline, type AnyPipeline } from "../../core/pipeline/index.ts";

/** Loads the pipeline that is a file's default export. TypeScript runs as it is: Node strips the types. */
export async function loadPipeline(file: string): Promise<AnyPipeline> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new HoldfastError("input_unreadable", `There is no file ${JSON.stringify(path)}.`, {
      hint: "Name the file that exports your pipeline: holdfast run pipeline.ts",
    });
  }
  if (statSync(path).isDirectory()) {
    throw new HoldfastError("usage", `${JSON.stringify(path)} is a folder.`, {
      hint: "Name the file in it that exports your pipeline: holdfast run pipeline.ts",
    });
  }
  const found = await importDefault(path, { role: "exports a pipeline", hints: HINTS });
  if (isPipeline(found)) return found;
  throw new HoldfastError("usage", `${JSON.stringify(path)} does not export a pipeline as its default.`, {
    hint: 'End the file with: export default definePipeline("name").phase(...)',
  });
}

const HINTS: readonly ImportHint[] = [
  [/Cannot find package 'holdfast'/, "Install it in the pipeline's own project too: npm install holdfast"],
];
