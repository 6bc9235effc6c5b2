import type { IncomingHttpHeaders } from "node:http";
import type { Books } from "../fake-server/books.ts";
import type { createBatches } from "./batches.ts";
import type { Files } from "./files.ts";
import type { FakeGeminiOptions } from "./options.ts";
import type { FakeGeminiModel, GeminiCall } from "./wire.ts";

/** What the model's work needs of the server. */
export interface Workshop {
  readonly options: FakeGeminiOptions;
  readonly models: readonly FakeGeminiModel[];
  /** Counts what the model has worked on. */
  readonly bill: (more: Partial<Books>) => void;
}

/** What the handling of one request may use. */
export interface Scene extends Workshop {
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
  /** Counts a call, and gives its number. */
  readonly open: (
    call: Pick<GeminiCall, "model" | "isStream" | "body"> & { readonly headers: IncomingHttpHeaders },
  ) => number;
  readonly lookUp: () => void;
  readonly batches: ReturnType<typeof createBatches>;
  readonly files: Files;
}
