import type { IncomingHttpHeaders } from "node:http";
import type { Books } from "../fake-server/books.ts";
import type { createBatches } from "./batches.ts";
import type { LimitKeeper } from "./limits.ts";
import type { CacheUse } from "./prompt-cache.ts";
import type { FakeAnthropicOptions } from "./options.ts";
import type { AnthropicCallBody, FakeAnthropicModel } from "./wire.ts";

/** What the model's work needs of the server. */
export interface Workshop {
  readonly options: FakeAnthropicOptions;
  readonly models: readonly FakeAnthropicModel[];
  readonly limits: LimitKeeper;
  readonly useCache: (body: AnthropicCallBody) => CacheUse;
  /** Counts what the model has worked on. */
  readonly bill: (more: Partial<Books>) => void;
}

/** What the handling of one request may use. */
export interface Scene extends Workshop {
  readonly requestId: string;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
  /** Counts a call, and gives its number. */
  readonly open: (body: AnthropicCallBody, headers: IncomingHttpHeaders) => number;
  readonly lookUp: () => void;
  readonly batches: ReturnType<typeof createBatches>;
}
