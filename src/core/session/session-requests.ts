import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, parseJsonFile, writeFileAtomic } from "../files/index.ts";
import type { ItemPlace } from "../storage/index.ts";

/** What another process asks of the one that runs a session. */
export type SessionRequest =
  /** Stop: finish what is in flight, or with `now` abort it. */
  | { readonly kind: "stop"; readonly now: boolean }
  /** End these items as failed. */
  | { readonly kind: "cancel"; readonly items: readonly ItemPlace[] };

/** A request that was left in a session's folder. */
export interface LeftRequest {
  /** Of its file. */
  readonly name: string;
  /** `undefined` for a file that is no request. */
  readonly request: SessionRequest | undefined;
  /** Says that it was taken. */
  readonly taken: () => Promise<void>;
}

/** A request that waits to be taken. */
export interface PutRequest {
  readonly isTaken: () => boolean;
  readonly withdraw: () => Promise<void>;
}

/** A larger file is not ours. */
const MAX_BYTES = 64 * 1024 * 1024;

const folderIn = (sessionFolder: string): string => join(sessionFolder, "requests");

/** Leaves a request in a session's folder. The process that runs the session removes its file when it takes it. */
export async function putRequest(sessionFolder: string, request: SessionRequest): Promise<PutRequest> {
  const folder = folderIn(sessionFolder);
  await makeFolder(folder);
  const file = join(folder, `${randomUUID()}.json`);
  await writeFileAtomic(file, `${JSON.stringify(request)}\n`, { fsync: false, what: "request" });
  return { isTaken: () => !existsSync(file), withdraw: () => rm(file, { force: true }) };
}

/** The requests that were left in a session's folder. */
export async function leftRequests(sessionFolder: string): Promise<readonly LeftRequest[]> {
  const folder = folderIn(sessionFolder);
  const names = await readdir(folder).catch(() => []);
  const left: LeftRequest[] = [];
  for (const name of names.filter((each) => each.endsWith(".json"))) {
    const file = join(folder, name);
    left.push({ name, request: await readRequest(file), taken: () => rm(file, { force: true }) });
  }
  return left;
}

/** Whoever may write into the session's folder may ask; what is no request is `undefined`. */
async function readRequest(file: string): Promise<SessionRequest | undefined> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return undefined;
    const root = parseJsonFile(await readFile(file, "utf8"), file);
    if (root.field("kind").oneOf({ stop: true, cancel: true }) === "stop")
      return { kind: "stop", now: root.field("now").flag() };
    const items = root.field("items").elements();
    return {
      kind: "cancel",
      items: items.map((item) => ({ phase: item.field("phase").text(), itemId: item.field("itemId").text() })),
    };
  } catch {
    return undefined;
  }
}
