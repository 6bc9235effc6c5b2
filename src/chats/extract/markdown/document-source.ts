import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { BrokenElement, Source, SourceContext, SourceInput, SourceRecord } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { Fields } from "../../../stages/extract/input/index.ts";
import { type DocumentFiles, findDocuments } from "./document-files.ts";
import { type GitDates, gitDates } from "./git-dates.ts";
import { type DocumentFacts, parseDocument } from "./parse-document.ts";
import { sizeOf, UNREADABLE_FOLDER, whyUnreadable } from "../why-unreadable.ts";
import { splitFrontMatter } from "./split-front-matter.ts";

/** What differs between kinds of folders. */
export interface DocumentKind {
  readonly provider: string;
  /** Why a file is none of the documents; `undefined` when it is one. `fields` are `undefined` without front matter. */
  readonly skip: (name: string, fields: Fields | undefined) => string | undefined;
  /** What the file's path says about it. */
  readonly facts?: (name: string, fields: Fields) => DocumentFacts;
}

/** How a folder of documents is read. */
export interface DocumentSourceOptions {
  /** A folder that is not read, such as the one that notes go to. */
  readonly except?: string | undefined;
}

interface NamedSource extends DocumentSourceOptions {
  readonly name: string;
  readonly version: number;
}

interface Folder {
  readonly files: DocumentFiles;
  readonly kind: DocumentKind;
  /** Read from git once, when the first document needs it. */
  readonly dates: () => Promise<GitDates>;
}

/** A source of the Markdown files below a path. `kindOf` looks at the folder before the first file is read. */
export function documentSource(
  path: string,
  kindOf: (root: string) => Promise<DocumentKind>,
  { except, name, version }: NamedSource,
): Source<Conversation> {
  const absolutePath = resolve(path);
  const find = (): Promise<DocumentFiles> =>
    findDocuments(absolutePath, except === undefined ? except : resolve(except));
  return {
    name,
    version,
    check: async () => checkDocuments(absolutePath, await find()),
    read: (ctx) => readDocuments(find, kindOf, ctx),
  };
}

async function checkDocuments(path: string, { root, names }: DocumentFiles): Promise<readonly SourceInput[]> {
  if (names.length === 0) {
    throw new HoldfastError("input_malformed", `${path} holds no Markdown files.`, {
      hint: "Give a folder with files that end in .md or .markdown, or one such file.",
    });
  }
  let bytes = 0;
  for (const name of names) bytes += await sizeOf(join(root, name));
  return [{ path, bytes }];
}

async function* readDocuments(
  find: () => Promise<DocumentFiles>,
  kindOf: (root: string) => Promise<DocumentKind>,
  { signal }: SourceContext,
): AsyncGenerator<SourceRecord<Conversation>, void, undefined> {
  const files = await find();
  const kind = await kindOf(files.root);
  let dates: Promise<GitDates> | undefined;
  const folder: Folder = { files, kind, dates: () => (dates ??= gitDates(files.root)) };
  yield { kind: "total", count: files.names.length + files.unreadable.length + (files.excepted ? 1 : 0) };
  if (files.excepted) {
    const reason = "the folder that the notes go to is not read";
    yield { kind: "skipped", itemId: `(${reason})`, sourcePath: files.root, reason };
  }
  for (const name of files.unreadable) {
    const sourcePath = join(files.root, name);
    yield {
      kind: "skipped",
      itemId: `${kind.provider}:${basename(files.root)}/${name}`,
      sourcePath,
      reason: UNREADABLE_FOLDER,
    };
  }
  for (const name of files.names) {
    signal.throwIfAborted();
    yield await readDocument(name, folder);
  }
}

/** No note is longer: a file that is holds something else. */
const MAX_BYTES = 20 * 1024 * 1024;

async function readDocument(name: string, { files, kind, dates }: Folder): Promise<SourceRecord<Conversation>> {
  const path = join(files.root, name);
  const id = `${basename(files.root)}/${name}`;
  const itemId = `${kind.provider}:${id}`;
  const broken = (reason: string, cause?: unknown): BrokenElement => ({
    kind: "broken",
    itemId,
    sourcePath: path,
    error: new HoldfastError("input_malformed", `${name} ${reason}. The other files are not affected.`, { cause }),
  });
  try {
    const { size, mtime } = await stat(path);
    if (size > MAX_BYTES) return broken("has more than 20 MB, too much for a text that a person wrote");
    const text = decoded(await readFile(path));
    if (text === undefined) return broken("is not text in UTF-8");
    if (text.includes("\0")) return broken("is not text");
    const split = splitFrontMatter(text);
    if (!split.ok) return broken(split.reason);
    const { fields, body } = split;
    const reason = fields && isOurs(fields) ? OURS : kind.skip(name, fields);
    if (reason !== undefined) return { kind: "skipped", itemId, sourcePath: path, reason };
    const content = await parseDocument(
      { provider: kind.provider, id, name, fields: fields ?? {}, body },
      {
        committedAt: async () => (await dates()).get(name),
        modifiedAt: async () => mtime.toISOString(),
      },
      kind.facts?.(name, fields ?? {}) ?? {},
    );
    return { kind: "item", itemId, sourcePath: path, content };
  } catch (error) {
    return broken(whyUnreadable(name, error), error);
  }
}

/** `undefined` for another encoding, such as Shift JIS: its letters would be lost in the note. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const OURS = "a note that an import wrote";

/** Only our notes have both fields. */
const isOurs = (fields: Fields): boolean =>
  Object.hasOwn(fields, "source_id") && (Object.hasOwn(fields, "session") || Object.hasOwn(fields, "content_hash"));
