/// <reference lib="esnext.disposable" preserve="true" />
import type { Ledger } from "../../core/storage/index.ts";
import type { CachedAnswers } from "./cached-answers.ts";

/** What sessions share: what was written where, and the answers that were paid for. */
export interface Workspace extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly cache: CachedAnswers;
  /** Everything is durable already; this lets go of the file. Closing twice does nothing more. */
  close(): void;
}

export interface WorkspaceOptions {
  /** Time for the cache's records, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}
