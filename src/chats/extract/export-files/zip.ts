import { basename } from "node:path";
import { type Entry, type ZipFile, openPromise } from "yauzl";
import { HoldfastError } from "../../../core/failure/index.ts";
import { companionNamed, reasonToLeaveOut } from "./companions.ts";
import { inNameOrder } from "./conversations-file.ts";
import type { ExportFile, ExportFiles, LeftOut } from "./export-file.ts";

export interface OpenedZip extends ExportFiles {
  /** Of everything in it, for a person to see what it is. */
  readonly entryNames: readonly string[];
}

export interface OpenZipOptions {
  /** Stands before the names of the entries, such as the zip's own name: `2025.zip/`. @default "" */
  readonly namePrefix?: string;
}

/**
 * The JSON files in a zip, in whatever folder, but for those that services put beside the chats. A zip with names that
 * point outside of it (`../`, absolute) is refused: no service writes them. A zip without any such file is no error
 * here.
 */
export async function openZipFile(path: string, { namePrefix = "" }: OpenZipOptions = {}): Promise<OpenedZip> {
  const entries = await entriesOf(path);
  const leftOut: LeftOut[] = [];
  const names: string[] = [];
  for (const [name, entry] of entries) {
    const companion = companionNamed(name);
    const reason = companion && reasonToLeaveOut(companion, entry.uncompressedSize);
    if (reason !== undefined) leftOut.push({ kind: "other", path: `${path}/${name}`, reason });
    if (!companion && JSON_FILE.test(name)) names.push(name);
  }
  const files = inNameOrder(names).flatMap((name): readonly ExportFile[] => {
    const entry = entries.get(name);
    const shownPath = names.length === 1 ? path : `${path}/${name}`;
    return entry ? [{ name: namePrefix + name, path: shownPath, read: () => unpack(path, entry) }] : [];
  });
  return { inputPaths: [path], files, leftOut, entryNames: [...entries.keys()] };
}

const JSON_FILE = /\.json$/i;

async function entriesOf(path: string): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  const zip = await openZip(path);
  try {
    for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith("/")) entries.set(entry.fileName, entry);
  } catch (error) {
    throw malformed(path, error);
  } finally {
    zip.close();
  }
  return entries;
}

/** Opens the zip again for every reading, so that nothing stays open in between and each reading can stop early. */
async function* unpack(path: string, entry: Entry): AsyncGenerator<Uint8Array, void, undefined> {
  if (!entry.canDecodeFileData())
    throw malformed(path, new Error(`${entry.fileName} is encrypted or packed in a way that cannot be read here`));
  const zip = await openZip(path);
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw malformed(path, error, entry.fileName);
  } finally {
    zip.close();
  }
}

async function openZip(path: string): Promise<ZipFile> {
  return openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw malformed(path, error);
  });
}

function malformed(path: string, cause: unknown, entryName?: string): HoldfastError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const { why, hint } = FAULTS.find(({ says }) => says.test(reason)) ?? DAMAGED;
  const what = entryName === undefined ? path : `${basename(entryName)} in ${path}`;
  return new HoldfastError("input_malformed", `${what} ${why}: ${reason.replace(/\.$/, "")}.`, { hint, cause });
}

/** The errors of the zip reader, and what they mean. */
const FAULTS: readonly { readonly says: RegExp; readonly why: string; readonly hint: string }[] = [
  {
    says: /End of central directory record signature not found/,
    why: "begins like a zip file, but its end is missing",
    hint: "The download was probably cut off. Download the export again.",
  },
  {
    says: /^(invalid relative path|absolute path|invalid characters in fileName)/,
    why: "is refused: a file name in it points outside of the zip",
    hint: "A chat service does not make such a file. Download the export again from the service itself.",
  },
];

const DAMAGED = { why: "is a damaged zip file", hint: "Download the export again." };
