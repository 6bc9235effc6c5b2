/// <reference lib="esnext.disposable" preserve="true" />
import type { Ledger } from "../../core/storage/index.ts";
import type { CachedAnswers } from "./cached-answers.ts";
import type { HeldLeases, LeasesOptions } from "./sqlite-leases.ts";

/** What sessions share: the ledger of written notes, and the cache of paid answers. */
export interface Workspace extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly cache: CachedAnswers;
  /** The leases of one run on the calls whose answers it will cache. */
  openLeases(options: LeaseHolder): HeldLeases;
  /** Closes the file; everything is already durable. Closing twice is safe. */
  close(): void;
}

export interface WorkspaceOptions {
  /** For how long SQLite waits for another process that writes; the event loop stands still meanwhile. @default 10000 */
  readonly busyTimeoutMs?: number;
  /** Time for the cache's records, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Who holds leases. */
export type LeaseHolder = Pick<LeasesOptions, "owner" | "onFault">;
