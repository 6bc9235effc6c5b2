/// <reference lib="esnext.disposable" preserve="true" />
import { createServer } from "node:http";
import { keepBooks, type Books } from "../fake-server/books.ts";
import { listenOn } from "../fake-server/listener.ts";
import { createBatches } from "./batches.ts";
import { answerBatchItem } from "./call.ts";
import { createFiles } from "./files.ts";
import type { FakeGeminiOptions } from "./options.ts";
import { route } from "./routes.ts";
import type { Scene } from "./scene.ts";
import type { GeminiCall } from "./wire.ts";

/** A request of a batch that was worked on. */
export interface GeminiBatchItem {
  readonly key: string;
  readonly body: unknown;
}

/** A running fake, which counts what it is asked. Dispose of it to free its port. */
export interface FakeGemini extends AsyncDisposable {
  /** The base URL: `http://127.0.0.1:<port>/v1beta` */
  readonly url: string;
  /** All requests for a content, in the order in which they came, refused ones too. */
  readonly calls: readonly GeminiCall[];
  /** The requests of batches that it has worked on. */
  readonly batchItems: readonly GeminiBatchItem[];
  /** What it has worked on and will bill, also of answers that never arrived; embeddings too. */
  readonly books: Books;
  /** How often models were asked for. */
  readonly lookUps: number;
}

/**
 * Starts a server on 127.0.0.1 that speaks Gemini's API, faults included: contents with and without a stream, thinking,
 * functions, schemas, images, counts, embeddings, models, batches, files. One token is four characters, and an image is
 * 258. What the real one refuses is refused, in its words.
 *
 * @example
 * ```ts
 * import { createGoogle } from "@ai-sdk/google";
 * import { generateText } from "ai";
 * import { startFakeGemini } from "holdfast/testing";
 *
 * await using server = await startFakeGemini({ answer: ({ contents }) => `${contents.length} message` });
 * const google = createGoogle({ baseURL: server.url, apiKey: "k" });
 * const { text, usage } = await generateText({ model: google("gemini-2.5-flash"), prompt: "What is kelp?" });
 * // What it thought is paid for, though nobody sees it.
 * console.log(text, usage.outputTokens, server.books.outputTokens, server.books.reasoningTokens);
 * // prints: 1 message 15 15 12
 * ```
 */
export async function startFakeGemini(options: FakeGeminiOptions = {}): Promise<FakeGemini> {
  const calls: GeminiCall[] = [];
  const batchItems: GeminiBatchItem[] = [];
  const keeper = keepBooks();
  let lookUps = 0;
  const server = createServer((req, res) => {
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    route(req, res, { ...scene, gone: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) res.destroy(error instanceof Error ? error : undefined);
    });
  });
  const listener = await listenOn(server, options.port ?? 0);
  const origin = `http://127.0.0.1:${listener.port}`;
  const files = createFiles(origin);
  const shared = {
    options,
    models: options.models ?? [{ id: "gemini-2.5-flash" }, { id: "gemini-embedding-001", embedsInto: 3072 }],
    bill: (more: Partial<Books>) => keeper.add(more),
  };
  const scene: Omit<Scene, "gone"> = {
    ...shared,
    files,
    open: (call) => calls.push({ number: calls.length + 1, ...call, atMs: Date.now() }),
    lookUp: () => (lookUps += 1),
    batches: createBatches({
      files,
      looks: options.batchLooks ?? 1,
      work(model, key, body) {
        batchItems.push({ key, body });
        return answerBatchItem(model, key, body, shared);
      },
    }),
  };
  return {
    url: `${origin}/v1beta`,
    calls,
    batchItems,
    get books() {
      return keeper.books;
    },
    get lookUps() {
      return lookUps;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}
