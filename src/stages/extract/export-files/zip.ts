import { posix } from "node:path";
import { type Entry, type ZipFile, openPromise } from "yauzl";
import { HoldfastError } from "../../../core/errors.ts";
import { CONVERSATIONS_FILE, inNameOrder, noConversationsFile } from "./conversations-file.ts";
import type { ExportFile } from "./export-file.ts";

/**
 * The `conversations*.json` entries at the top of a zip, or one level down when there are none. Names that lead out
 * of the zip (`../`, absolute) refuse it whole: no service writes them, so the file is not what it seems.
 */
export async function filesInZip(path: string): Promise<readonly ExportFile[]> {
  const entries = await entriesOf(path);
  const candidates = [...entries.keys()].filter((name) => CONVERSATIONS_FILE.test(posix.basename(name)));
  const atTop = candidates.filter((name) => levelsDown(name) === 0);
  const names = atTop.length > 0 ? atTop : candidates.filter((name) => levelsDown(name) === 1);
  if (names.length === 0) throw noConversationsFile(path, [...entries.keys()]);
  return inNameOrder(names).flatMap((name) => {
    const entry = entries.get(name);
    const shownPath = names.length === 1 ? path : `${path}/${name}`;
    return entry ? [{ name, path: shownPath, read: () => unpack(path, entry) }] : [];
  });
}

const levelsDown = (name: string): number => name.split("/").length - 1;

async function entriesOf(path: string): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  const zip = await openZip(path);
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (error) {
    throw malformed(path, error);
  } finally {
    zip.close();
  }
  return entries;
}

/** Opens the zip anew for every reading, so that nothing stays open between two and each can stop where it likes. */
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
  const what = entryName === undefined ? path : `${entryName} in ${path}`;
  return new HoldfastError("input_malformed", `${what} ${why}: ${reason.replace(/\.$/, "")}.`, { hint, cause });
}

/** What the zip reader says, and what that means. */
const FAULTS: readonly { readonly says: RegExp; readonly why: string; readonly hint: string }[] = [
  {
    says: /End of central directory record signature not found/,
    why: "begins like a zip file, but its end is missing",
    hint: "The download was probably cut off. Download the export again.",
  },
  {
    says: /^(invalid relative path|absolute path|invalid characters in fileName)/,
    why: "is refused, since a name in it leads out of the zip",
    hint: "A chat service does not make such a file. Download the export again from the service itself.",
  },
];

const DAMAGED = { why: "is a damaged zip file", hint: "Download the export again." };
