import { pathToFileURL } from "node:url";
import { HoldfastError, messageOf } from "../core/failure/index.ts";
import { hideWarning } from "../core/files/sqlite/index.ts";

/** What to do about an error whose message matches. */
export type ImportHint = readonly [pattern: RegExp, hint: string];

export interface ImportDefaultOptions {
  /** What the file should do, as in "Name a .ts file that exports a pipeline". @default "exports it" */
  readonly role?: string;
  /** Checked before the hints for every file. @default none */
  readonly hints?: readonly ImportHint[];
}

/**
 * Imports a user's file and returns its default export. TypeScript runs as it is: Node strips the types. Throws a
 * `HoldfastError` (`usage`) that says what is wrong with the file, and where if the stack shows it.
 */
export async function importDefault(path: string, { role, hints = [] }: ImportDefaultOptions = {}): Promise<unknown> {
  try {
    // Node 24.0 to 24.2 print it for a TypeScript file.
    using _ = hideWarning("Type Stripping is an experimental feature");
    const module: { readonly default?: unknown } = (await import(pathToFileURL(path).href)) as object;
    return module.default;
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    const all = [...hints, ...hintsFor(role)];
    throw new HoldfastError("usage", `Could not load ${JSON.stringify(path)}: ${messageOf(cause)}`, {
      cause,
      hint: all.find(([pattern]) => pattern.test(messageOf(cause)))?.[1] ?? whereIn(cause, path),
    });
  }
}

const hintsFor = (role = "exports it"): readonly ImportHint[] => [
  [/Unknown file extension/, `Name a .ts, .mts, .js or .mjs file that ${role}.`],
  [
    /import statement outside a module|Unexpected token 'export'/,
    'Add "type": "module" to the package.json beside it, or name the file .mts or .mjs.',
  ],
  [/Cannot find package 'holdfast'/, "Install it in the file's own project too: npm install holdfast"],
  [/Cannot find (?:module|package)/, "Install what it imports, or fix the path of the import."],
];

/** The place in the user's own file, when the stack names it. */
function whereIn(cause: unknown, path: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const place = stack
    .split("\n")
    .find((line) => line.includes(path))
    ?.trim()
    .replace(/^at\s+/, "")
    .replace("file://", "");
  return place === undefined ? "Nothing was run. Fix the file, then run it again." : `Nothing was run. See ${place}`;
}
