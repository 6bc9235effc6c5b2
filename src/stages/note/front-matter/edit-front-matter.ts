import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, type Document, type Pair, type YAMLMap } from "yaml";
import { parseYaml } from "./parse-yaml.ts";
import { readFrontMatter } from "./read-front-matter.ts";
import { splitNote } from "./split-note.ts";
import { yamlLines, type YamlValue } from "./yaml-lines.ts";

/** The new value of each key; `undefined` removes the key. */
export type FrontMatterChanges = Readonly<Record<string, YamlValue | undefined>>;

/**
 * A Markdown file with some keys of its front matter changed: keys that are there keep their place, new ones come last,
 * and everything else stays as it is, character by character. A file without front matter gets some. `undefined` when
 * the front matter is broken, or so entangled (anchors, a mapping in braces) that other keys would change with it.
 */
export function editFrontMatter(text: string, changes: FrontMatterChanges): string | undefined {
  const found = readFrontMatter(text);
  if (found.state === "broken") return undefined;
  if (found.state === "none") return withFrontMatter(text, changes);
  const { before, yaml, after, body } = splitNote(text);
  const eol = before.endsWith("\r\n") ? "\r\n" : "\n";
  const edited = before + editYaml(yaml, changes, eol) + after + body;
  return isAsWanted(edited, found.values, changes) ? edited : undefined;
}

function withFrontMatter(text: string, changes: FrontMatterChanges): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  const lines = Object.entries(changes).map(([key, value]) => linesOf(key, value, { eol, indent: "" }));
  const none = lines.every((line) => line === "");
  return none ? text : `${mark}---${eol}${lines.join("")}---${eol}${text.slice(mark.length)}`;
}

/** Cuts out what stands under each key that changes, and puts the new lines there, from the end to the beginning. */
function editYaml(yaml: string, changes: FrontMatterChanges, eol: string): string {
  const document = parseYaml(yaml).document;
  const indent = indentOf(document, yaml);
  let edited = yaml;
  const missing = new Map(Object.entries(changes));
  for (const pair of pairsOf(document).toReversed()) {
    const place = placeOf(pair, yaml);
    if (place === undefined || !missing.has(place.key)) continue;
    const lines = linesOf(place.key, missing.get(place.key), { eol, indent });
    missing.delete(place.key);
    const [from, to] = lines === "" ? [place.lineStart, place.lineEnd] : [place.lineStart, place.end];
    // A list ends with its last line, any other value before the end of its line, where a comment may stand.
    const isWhole = to === yaml.length || yaml[to - 1] === "\n";
    edited = edited.slice(0, from) + (isWhole || lines === "" ? lines : lines.slice(0, -eol.length)) + edited.slice(to);
  }
  const added = [...missing].map(([key, value]) => linesOf(key, value, { eol, indent })).join("");
  if (added === "") return edited;
  return edited === "" || edited.endsWith("\n") ? edited + added : edited + eol + added;
}

interface Style {
  readonly eol: string;
  readonly indent: string;
}

function linesOf(key: string, value: YamlValue | undefined, { eol, indent }: Style): string {
  if (value === undefined) return "";
  return yamlLines(key, value, { isDate: true })
    .split("\n")
    .slice(0, -1)
    .map((line) => `${indent}${line}${eol}`)
    .join("");
}

const pairsOf = ({ contents }: Document): readonly Pair[] => (isBlockMap(contents) ? contents.items : []);

const isBlockMap = (contents: unknown): contents is YAMLMap => isMap(contents) && contents.flow !== true;

interface PairPlace {
  readonly key: string;
  /** Where the key's line begins. */
  readonly lineStart: number;
  /** Where the value ends. */
  readonly end: number;
  /** Where the next line begins. */
  readonly lineEnd: number;
}

function placeOf({ key, value }: Pair, yaml: string): PairPlace | undefined {
  if (!isNode(key) || !key.range) return undefined;
  const [keyStart, keyEnd] = key.range;
  const [from, to, nodeEnd] = (isNode(value) ? value.range : undefined) ?? [keyEnd, keyEnd, keyEnd];
  // An empty value has its place behind the comment of its line.
  const end = from === to ? yaml.indexOf(":", keyEnd) + 1 : to;
  const lineBreak = yaml[end - 1] === "\n" ? end - 1 : yaml.indexOf("\n", Math.max(end, nodeEnd - 1));
  const lineStart = yaml.lastIndexOf("\n", keyStart - 1) + 1;
  return { key: String(key), lineStart, end, lineEnd: lineBreak === -1 ? yaml.length : lineBreak + 1 };
}

function indentOf(document: Document, yaml: string): string {
  const first = pairsOf(document)[0];
  if (!isNode(first?.key) || !first.key.range) return "";
  const [keyStart] = first.key.range;
  return /^[^\S\n]*/.exec(yaml.slice(yaml.lastIndexOf("\n", keyStart - 1) + 1))?.[0] ?? "";
}

/** Checks the result: no key may be lost to an unexpected form of YAML. */
function isAsWanted(edited: string, before: Readonly<Record<string, unknown>>, changes: FrontMatterChanges): boolean {
  const read = readFrontMatter(edited);
  if (read.state !== "read") return false;
  const wanted: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete wanted[key];
    else wanted[key] = typeof value === "string" ? value.toWellFormed() : value;
  }
  return isDeepStrictEqual(read.values, wanted);
}
