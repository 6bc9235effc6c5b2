/// <reference lib="esnext.disposable" preserve="true" />
import { createServer } from "node:http";
import { keepBooks, type Books } from "../fake-server/books.ts";
import { listenOn } from "../fake-server/listener.ts";
import { createBatches } from "./batches.ts";
import { answerBatchItem } from "./call.ts";
import { keepLimits } from "./limits.ts";
import type { FakeAnthropicOptions } from "./options.ts";
import { createPromptCache } from "./prompt-cache.ts";
import { route } from "./routes.ts";
import type { Scene } from "./scene.ts";
import type { AnthropicCall, AnthropicCallBody } from "./wire.ts";

/** A request of a batch that was worked on. */
export interface AnthropicBatchItem {
  readonly customId: string;
  readonly body: unknown;
}

/** A running fake, which counts what it is asked. Dispose of it to free its port. */
export interface FakeAnthropic extends AsyncDisposable {
  /** The base URL: `http://127.0.0.1:<port>/v1` */
  readonly url: string;
  /** All requests for a message, in the order in which they came, refused ones too. */
  readonly calls: readonly AnthropicCall[];
  /** The requests of batches that it has worked on. */
  readonly batchItems: readonly AnthropicBatchItem[];
  /** What it has worked on and will bill, also of answers that never arrived. */
  readonly books: Books;
  /** Those of `books.inputTokens` that were written to the cache of prompts, which costs more. */
  readonly cacheWriteTokens: number;
  /** How often models were asked for. */
  readonly lookUps: number;
}

/**
 * Starts a server on 127.0.0.1 that speaks Anthropic's API, faults included: messages with and without a stream, thinking,
 * tools, structured outputs, images, the cache of prompts, counts, models, batches, limits. One token is four characters,
 * and an image is 1,600. What the real one refuses is refused, in its words.
 *
 * @example
 * ```ts
 * import { createAnthropic } from "@ai-sdk/anthropic";
 * import { generateText } from "ai";
 * import { startFakeAnthropic } from "holdfast/testing";
 *
 * await using server = await startFakeAnthropic({ answer: ({ messages }) => `${messages.length} message` });
 * const anthropic = createAnthropic({ baseURL: server.url, apiKey: "k" });
 * const { text, usage } = await generateText({ model: anthropic("claude-haiku-4-5"), prompt: "What is kelp?" });
 * console.log(text, usage.outputTokens, server.books.outputTokens);
 * // prints: 1 message 3 3
 * ```
 */
export async function startFakeAnthropic(options: FakeAnthropicOptions = {}): Promise<FakeAnthropic> {
  const calls: AnthropicCall[] = [];
  const batchItems: AnthropicBatchItem[] = [];
  const keeper = keepBooks();
  const useCache = createPromptCache();
  let lookUps = 0;
  let requests = 0;
  let cacheWriteTokens = 0;
  const server = createServer((req, res) => {
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    requests += 1;
    route(req, res, { ...scene, requestId: `req_fake${requests}`, gone: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) res.destroy(error instanceof Error ? error : undefined);
    });
  });
  const listener = await listenOn(server, options.port ?? 0);
  const url = `http://127.0.0.1:${listener.port}/v1`;
  const limits = keepLimits(options.limits ?? {});
  const shared = {
    options,
    models: options.models ?? [{ id: "claude-haiku-4-5" }],
    limits,
    useCache: (body: AnthropicCallBody) => {
      const use = useCache(body);
      cacheWriteTokens += use.written;
      return use;
    },
    bill: (more: Partial<Books>) => {
      keeper.add(more);
      limits.wrote(more.outputTokens ?? 0);
    },
  };
  const scene: Omit<Scene, "requestId" | "gone"> = {
    ...shared,
    open: (body, headers) => calls.push({ number: calls.length + 1, body, headers, atMs: Date.now() }),
    lookUp: () => (lookUps += 1),
    batches: createBatches({
      url,
      looks: options.batchLooks ?? 1,
      work(customId, body) {
        batchItems.push({ customId, body });
        return answerBatchItem(customId, body, shared);
      },
    }),
  };
  return {
    url,
    calls,
    batchItems,
    get books() {
      return keeper.books;
    },
    get cacheWriteTokens() {
      return cacheWriteTokens;
    },
    get lookUps() {
      return lookUps;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}
