import { parseYaml } from "./parse-yaml.ts";
import { splitNote } from "./split-note.ts";

/** The fields of a note's front matter. */
export type FrontMatter =
  | { readonly state: "none" }
  | { readonly state: "read"; readonly values: Readonly<Record<string, unknown>> }
  /** `reason` is for people: one line. */
  | { readonly state: "broken"; readonly reason: string };

/** Reads the front matter of a Markdown file. Dates stay the texts that they are. Never throws. */
export function readFrontMatter(text: string): FrontMatter {
  const { yaml, state } = splitNote(text);
  if (state === "none") return { state };
  if (state === "open") return { state: "broken", reason: "its front matter is never closed" };
  try {
    const { document, fault } = parseYaml(yaml);
    // Lines are counted in the file, whose first one is the opening `---`.
    if (fault !== undefined) return notYaml(`${fault.words}, line ${fault.line + 1}`);
    const values: unknown = document.toJS() ?? {};
    return isRecord(values) ? { state: "read", values } : { state: "broken", reason: "its front matter holds no keys" };
  } catch (error) {
    // An alias that leads nowhere, or too many of them, shows only when values are made.
    return notYaml(String(error).split("\n", 1)[0] ?? "");
  }
}

const notYaml = (why: string): FrontMatter => ({ state: "broken", reason: `its front matter is not YAML: ${why}` });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
