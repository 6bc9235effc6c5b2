import { sha256 } from "../../../core/base/index.ts";
import { DEFAULT_PROMPTS, PROMPT_VERSION, type PromptName } from "./default-prompts.ts";

/** The prompt texts of a run. */
export interface Prompts {
  /** The prompts by name, placeholders included. */
  readonly texts: Readonly<Record<PromptName, string>>;
  /** Their version in a note: the version of the defaults, and the names and a hash of those that replaced them. */
  readonly version: number | string;
  /** Over all texts: part of a cached answer's key. */
  readonly hash: string;
}

const NAMES: readonly PromptName[] = ["system", "note", "merge", "describe"];

/** The default prompts, with some of them replaced. */
export function promptsWith(own: Readonly<Partial<Record<PromptName, string>>> = {}): Prompts {
  const texts = Object.fromEntries(NAMES.map((name) => [name, own[name] ?? DEFAULT_PROMPTS[name].text]));
  const changed = NAMES.filter((name) => texts[name] !== DEFAULT_PROMPTS[name].text);
  const hash = hashOf(NAMES.map((name) => texts[name]));
  const version =
    changed.length === 0
      ? PROMPT_VERSION
      : `${PROMPT_VERSION} with own ${changed.join(", ")} (${hashOf(changed.map((name) => texts[name])).slice(0, 8)})`;
  return { texts: texts as Record<PromptName, string>, version, hash };
}

const hashOf = (texts: readonly unknown[]): string => sha256(JSON.stringify(texts));
