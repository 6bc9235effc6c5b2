import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../cli/holdfast.ts";
import { fencesOf, type Fence } from "./fences.ts";

/** A TypeScript block under an `@example` of a doc comment. */
export interface DocExample {
  /** What the comment is about. */
  readonly symbol: string;
  /** Relative to the project's root. */
  readonly file: string;
  /** Line of its first fence, from 1. */
  readonly line: number;
  readonly code: string;
  /** False for a block that is fenced as `ts no-run`: it has to compile, and no more. */
  readonly runs: boolean;
}

/** Where an exported name is defined. */
export interface Definition {
  /** As it is imported: `holdfast/retry`. */
  readonly entry: string;
  readonly symbol: string;
  /** Relative to the project's root. */
  readonly file: string;
}

/** The names of each entry that can be called: functions, classes, decorators. They are looked up in the built package. */
export async function callables(): Promise<readonly Definition[]> {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const built = Object.entries<{ readonly default?: string }>(exports).flatMap(([subpath, { default: file }]) =>
    file === undefined ? [] : [{ entry: join(name, subpath), file }],
  );
  const found = built.map(async ({ entry, file }) => {
    const source = join(root, file.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
    const all: Readonly<Record<string, unknown>> = await import(join(root, file));
    return Object.keys(all)
      .filter((symbol) => typeof all[symbol] === "function")
      .map((symbol) => ({ entry, ...definitionOf(symbol, source) }));
  });
  return (await Promise.all(found)).flat();
}

/** Every example that stands in the doc comments of src/. */
export function docExamples(): readonly DocExample[] {
  const files = globSync("src/**/*.ts", { cwd: root }).filter((file) => !/\.test(-d)?\.ts$/.test(file));
  return files.toSorted().flatMap((file) => examplesOf(file, readFileSync(join(root, file), "utf8")));
}

/** The examples in one file's text. An `@example` without a block of TypeScript is an error, since it is never run. */
export function examplesOf(file: string, text: string): readonly DocExample[] {
  return [...text.matchAll(/^ *(\/\*\*.*?)\*\/\n([^\n]*)/gms)].flatMap(({ index, 1: comment = "", 2: after = "" }) => {
    if (!/^ *\* @example\b/m.test(comment)) return [];
    const begins = text.slice(0, index).split("\n").length;
    const fences = fencesOf(comment.replaceAll(/^ *\* ?/gm, "")).filter(({ language }) => language === "ts");
    if (fences.length === 0) throw new Error(`${file}:${begins}: an @example has no block that begins with \`\`\`ts`);
    return fences.map((fence) => toExample(fence, { file, begins, after }));
  });
}

function toExample(
  { info, line, text }: Fence,
  { file, begins, after }: { readonly file: string; readonly begins: number; readonly after: string },
): DocExample {
  return { symbol: nameIn(after), file, line: begins + line - 1, code: text, runs: info !== "no-run" };
}

/** The name that a definition begins with: `export async function retry<T>(` or `get tokens(): number {`. */
function nameIn(definition: string): string {
  const words = /^\s*(?:(?:export|declare|abstract|async|function|const|class|interface|type|readonly|get)\s+)*(\w+)/;
  return words.exec(definition)?.[1] ?? definition.trim();
}

/** Follows the lists of names that entries are. */
function definitionOf(symbol: string, list: string): { readonly symbol: string; readonly file: string } {
  const text = readFileSync(list, "utf8");
  if (new RegExp(`^export (?:abstract |async )*(?:function|const|class) ${symbol}\\b`, "m").test(text))
    return { symbol, file: relative(root, list) };
  for (const [, names = "", from = ""] of text.matchAll(/^export \{([^}]*)\} from "([^"]+)";/gm)) {
    const listed = names.split(",").map((name) => name.trim().split(" as "));
    const [own] = listed.find((name) => name.at(-1) === symbol) ?? [];
    const file = join(dirname(list), from);
    if (own !== undefined && existsSync(file)) return definitionOf(own, file);
  }
  throw new Error(`${relative(root, list)} does not say where \`${symbol}\` is defined.`);
}
