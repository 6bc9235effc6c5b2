import { dirname, join } from "node:path";
import { readdir } from "node:fs/promises";
import { HoldfastError } from "../../../core/failure/index.ts";
import { isFields, readInput } from "../../../stages/extract/input/index.ts";
import { providerOf } from "../provider.ts";
import { inNameOrder } from "./conversations-file.ts";

/** A list of the zips that an export was delivered in. It holds addresses that are good for a while only, and no chats. */
export interface Manifest {
  readonly path: string;
  /** File names of the zips that may hold chats. */
  readonly zipNames: readonly string[];
}

/** A manifest names a handful of files; anything longer is not one. */
const MAX_BYTES = 1024 * 1024;

/** Reads a JSON file as a manifest; `undefined` when it names no zip at any web address. */
export async function readManifest(path: string): Promise<Manifest | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readInput(path)) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    parts.push(chunk);
  }
  const value = parsedOrNothing(Buffer.concat(parts).toString("utf8"));
  // A chat may speak of zips, too.
  if (!isFields(value) || providerOf(value) !== undefined) return undefined;
  const names = zipNamesIn(value);
  if (names.length === 0) return undefined;
  const ofChats = names.filter((name) => /conversation/i.test(name));
  return { path, zipNames: inNameOrder([...new Set(ofChats.length > 0 ? ofChats : names)]) };
}

/** The zips of a manifest that are not beside it, and where the others are. Browsers number a second download: `a (1).zip`. */
export async function findZips({
  path,
  zipNames,
}: Manifest): Promise<{ readonly found: readonly string[]; readonly missing: readonly string[] }> {
  const folder = dirname(path);
  const there = await readdir(folder);
  const copiesOf = (wanted: string): readonly string[] => {
    const copies = there.filter(
      (name) => name.replace(/ ?\(\d+\)(?=\.zip$)/i, "").toLowerCase() === wanted.toLowerCase(),
    );
    // Some browsers unpack what they download.
    return copies.length > 0 ? copies : there.filter((name) => `${name}.zip`.toLowerCase() === wanted.toLowerCase());
  };
  return {
    found: zipNames.flatMap(copiesOf).map((name) => join(folder, name)),
    missing: zipNames.filter((name) => copiesOf(name).length === 0),
  };
}

/** Names the files and not their addresses: anyone with an address can read the chats. */
export function missingZips(manifest: Manifest, missing: readonly string[]): HoldfastError {
  const one = missing.length === 1;
  return new HoldfastError(
    "input_malformed",
    `${manifest.path} lists the files of an export, and ${missing.join(", ")} ${one ? "is" : "are"} not beside it.`,
    {
      hint: `Download ${one ? "that file" : "those files"} from the address${one ? "" : "es"} in the manifest into the same folder, and import the folder. If an address has expired, ask for a new export.`,
    },
  );
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

const MAX_DEPTH = 3;

/** In an object with a web address, its own name for the file counts, and else the name at the end of the address. */
function zipNamesIn(value: unknown, depth = 0): readonly string[] {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap((part: unknown) => zipNamesIn(part, depth + 1));
  const strings = Object.values(value).filter((part: unknown) => typeof part === "string");
  const inAddresses = strings.flatMap(zipNameInAddress);
  const plain = isFields(value) ? strings.filter((text) => /^[^/\\:]+\.zip$/i.test(text)) : [];
  const hasAddress = strings.some((text) => /^https?:\/\//i.test(text));
  return [...(hasAddress && plain.length > 0 ? plain : inAddresses), ...below];
}

function zipNameInAddress(text: string): readonly string[] {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return [];
  const disposition = [...url.searchParams].find(([name]) => /content-disposition$/i.test(name))?.[1] ?? "";
  const named = /filename="?([^";/\\]+\.zip)/i.exec(disposition)?.[1];
  const last = decodeURIComponent(
    url.pathname
      .replace(/%(?![0-9a-f]{2})/gi, "%25")
      .split("/")
      .at(-1) ?? "",
  );
  return [named ?? last].filter((name) => /^[^/\\]+\.zip$/i.test(name));
}
