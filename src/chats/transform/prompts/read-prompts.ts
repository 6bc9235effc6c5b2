import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError, messageOf } from "../../../core/failure/index.ts";
import { DEFAULT_PROMPTS, type PromptName } from "./default-prompts.ts";
import { placeholdersIn } from "./fill-prompt.ts";
import { promptsWith, type Prompts } from "./prompts.ts";

const NAMES = Object.keys(DEFAULT_PROMPTS) as readonly PromptName[];

const LIST = NAMES.map((name) => `${name}.md`).join(", ");

/**
 * Reads the prompts of a folder: `system.md`, `note.md`, `merge.md`, `describe.md`, each replaces the default of that
 * name. Throws a `HoldfastError` (`usage`, `input_unreadable`) that names an unknown file or placeholder.
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { importPipeline, readPrompts } from "holdfast/chats";
 *
 * mkdirSync("prompts");
 * writeFileSync("prompts/system.md", "You write short notes for a marine biologist.\n");
 * console.log(readPrompts("prompts").texts.system.trim());
 * // `importPipeline({ prompts: "prompts" })` reads the folder by itself.
 * importPipeline({ export: "examples/claude-export", out: "notes", prompts: "prompts" });
 * // prints: You write short notes for a marine biologist.
 * ```
 */
export function readPrompts(folder: string): Prompts {
  const files = filesOf(folder);
  const unknown = files.filter((file) => !NAMES.some((name) => file === `${name}.md`));
  if (unknown.length > 0) {
    throw new HoldfastError(
      "usage",
      `${join(folder, unknown[0] ?? "")} is not a prompt: the prompt files are ${LIST}.`,
      {
        hint: {
          kind: "write_default_prompts",
          before: "Rename it, or move it out of the folder.",
          purpose: "start from",
        },
      },
    );
  }
  const own = NAMES.filter((name) => files.includes(`${name}.md`)).map((name) => {
    const path = join(folder, `${name}.md`);
    return [name, checked(name, path, readText(path))] as const;
  });
  return promptsWith(Object.fromEntries(own));
}

/**
 * Writes the default prompts to a folder, to be edited. Existing files are left alone. Returns the files that were
 * written.
 */
export function writeDefaultPrompts(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return NAMES.map((name) => join(folder, `${name}.md`)).filter((path, index) => {
    const name = NAMES[index];
    return name !== undefined && writeNew(path, DEFAULT_PROMPTS[name].text);
  });
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith("."));
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8")
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

const unreadable = (path: string, cause: unknown): HoldfastError =>
  new HoldfastError("input_unreadable", `Could not read the prompts at ${path}: ${messageOf(cause)}.`, {
    cause,
    hint: { kind: "write_default_prompts", purpose: "start from" },
  });

function checked(name: PromptName, path: string, text: string): string {
  const { placeholders, needed } = DEFAULT_PROMPTS[name];
  const found = placeholdersIn(text);
  const unknown = found.find((placeholder) => !placeholders.includes(placeholder));
  if (unknown !== undefined) {
    throw new HoldfastError("usage", `${path} has the placeholder {${unknown}}, which has no value.`, {
      hint: `${name}.md may have ${placeholders.map((placeholder) => `{${placeholder}}`).join(", ")}.`,
    });
  }
  const missing = needed.find((placeholder) => !found.includes(placeholder));
  if (missing !== undefined) {
    throw new HoldfastError("usage", `${path} lacks the placeholder {${missing}}, which this prompt needs.`, {
      hint: { kind: "write_default_prompts", purpose: "compare with" },
    });
  }
  return text;
}

function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw new HoldfastError("write_failed", `Could not write ${path}: ${messageOf(cause)}.`, { cause });
  }
}
