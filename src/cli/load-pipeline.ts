import { existsSync, statSync } from "node:fs";
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
  if (statSync(path).isDirectory()) {
    throw new HoldfastError("usage", `${JSON.stringify(path)} is a folder.`, {
      hint: "Name the file in it that exports your pipeline: holdfast run pipeline.ts",
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

const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/Unknown file extension/, "Name a .ts, .mts, .js or .mjs file that exports a pipeline."],
  [
    /import statement outside a module|Unexpected token 'export'/,
    'Add "type": "module" to the package.json beside it, or name the file .mts or .mjs.',
  ],
  [/Cannot find package 'holdfast'/, "Install it in the pipeline's own project too: npm install holdfast"],
  [/Cannot find (?:module|package)/, "Install what it imports, or mend the path of the import."],
];

/** What to do, or else the place in the user's own file, when the stack names it. */
function whereIn(cause: unknown, path: string): string {
  const known = HINTS.find(([pattern]) => pattern.test(messageOf(cause)));
  if (known) return known[1];
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const place = stack
    .split("\n")
    .find((line) => line.includes(path))
    ?.trim()
    .replace(/^at\s+/, "")
    .replace("file://", "");
  return place === undefined ? "Nothing was run. Mend the file, then run it again." : `Nothing was run. See ${place}`;
}
