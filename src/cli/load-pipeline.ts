import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HoldfastError, isPipeline, messageOf, type AnyPipeline } from "../index.ts";

/** Loads the pipeline that a file exports as its default. TypeScript runs as it is: Node strips the types. */
export async function loadPipeline(file: string): Promise<AnyPipeline> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new HoldfastError("input_unreadable", `There is no file ${JSON.stringify(path)}.`, {
      hint: "Name the file that exports your pipeline: holdfast run pipeline.ts",
    });
  }
  const found = await importDefault(path);
  if (isPipeline(found)) return found;
  throw new HoldfastError("usage", `${JSON.stringify(path)} does not export a pipeline as its default.`, {
    hint: 'End the file with: export default definePipeline("name").phase(...)',
  });
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href);
    return module.default;
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw new HoldfastError("usage", `Could not load ${JSON.stringify(path)}: ${messageOf(cause)}`, {
      cause,
      hint: whereIn(cause, path),
    });
  }
}

/** The place in the user's own file, when the stack names it. */
function whereIn(cause: unknown, path: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const line = stack.split("\n").find((text) => text.includes(path));
  return line === undefined
    ? "Nothing was run. Mend the file, then run it again."
    : `Nothing was run. See ${line.trim()}`;
}
