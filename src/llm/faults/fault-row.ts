import type { FailureKind } from "../../core/failure/index.ts";
import type { Said } from "./said.ts";

/** The adapters of models that the table is for. */
export type Adapter = "openai" | "ollama" | "ai-sdk";

/** What a refusal is about. */
export type About =
  | "runner"
  | "loading"
  | "key"
  | "account"
  | "content"
  | "money"
  | "context"
  | "model"
  | "address"
  | "setting"
  | "request"
  | "pace"
  | "server"
  /** A 403 that may mean our key or this one chat: another call with the same key tells. */
  | "key or chat";

/** What a fault means. In `says` and `advice`, words in braces are filled in: `{Who}`, `{who}`, `{api}`, `{key}`, `{setting}`, `{to}`. */
export interface Meaning {
  readonly about: About;
  readonly kind: FailureKind;
  /** What happened, without a full stop: the server's own words follow. */
  readonly says: string;
  /** The same where an answer had begun. @default says */
  readonly saysInAnswer?: string;
  /** What to do about it, in a sentence. */
  readonly advice?: string;
  /** The kind when a model was only to be loaded: what passes in a run may be final there. @default kind */
  readonly kindWhenLoading?: FailureKind;
}

/** What a real server says, and where that can be read. */
export interface Saying {
  /** Who says it: a provider, a server or a gateway. */
  readonly by: string;
  /** A public place: `owner/repo#number`, a file of a repository, or a page of documentation. */
  readonly source: string;
  /** With which status; `in answer` for an event of a stream that began with 200. */
  readonly status: number | "in answer";
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One row: all that it names has to hold. The first row of the table that fits decides. */
export interface FaultRow {
  readonly means: Meaning;
  /** Whose calls the row is for. @default all */
  readonly adapter?: Adapter;
  /**
   * The HTTP status, or the one that an error says of itself; 200 is an error in the middle of an answer that says none.
   * @default any, but see {@link fits}
   */
  readonly status?: readonly number[] | "4xx" | "5xx" | "3xx";
  /** `error.code`, as text. */
  readonly code?: RegExp;
  /** `error.type`, or Google's `error.status`. */
  readonly type?: RegExp;
  /** `error.param`: the field of the request that it is about. */
  readonly param?: RegExp;
  /** What the error says, with its details. */
  readonly words?: RegExp;
  /** Whether a web page came in place of an API's answer. */
  readonly isPage?: true;
  /** Whether it says how long to wait before the next call. */
  readonly asksToWait?: true;
  /** How long that is, or how long it takes until a limit is reset: milliseconds. */
  readonly waitsAtLeastMs?: number;
  /** At least one server's own words. Each is sent by a real server in the tests. */
  readonly said: readonly [Saying, ...(readonly Saying[])];
}

const CLASS_OF: Readonly<Record<"3xx" | "4xx" | "5xx", number>> = { "3xx": 3, "4xx": 4, "5xx": 5 };

function hasStatus({ status }: Said, wanted: NonNullable<FaultRow["status"]>): boolean {
  return typeof wanted === "string" ? Math.floor(status / 100) === CLASS_OF[wanted] : wanted.includes(status);
}

/**
 * Whether a row is about what was said. Who says it comes before what it says: words alone make a prompt too long only in
 * a refusal (4xx), since what stands in a server's own fault may be the last line that it wrote for somebody else. A row
 * that names another status, or a code, says otherwise.
 */
export function fits(row: FaultRow, said: Said, adapter: Adapter): boolean {
  const { status, code, type, param, words } = row;
  if (row.adapter !== undefined && row.adapter !== adapter) return false;
  if (status !== undefined && !hasStatus(said, status)) return false;
  if (row.means.about === "context" && status === undefined && code === undefined && !hasStatus(said, "4xx"))
    return false;
  if (row.isPage && !said.isPage) return false;
  if (row.asksToWait && !said.asksToWait) return false;
  if (row.waitsAtLeastMs !== undefined && !((said.waitMs ?? -1) >= row.waitsAtLeastMs)) return false;
  return (
    (code?.test(said.code) ?? true) &&
    (type?.test(said.type) ?? true) &&
    (param?.test(said.param) ?? true) &&
    (words?.test(said.words) ?? true)
  );
}
