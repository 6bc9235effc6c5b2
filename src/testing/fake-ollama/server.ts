/// <reference lib="esnext.disposable" preserve="true" />
import { createServer } from "node:http";

import type { Behaviour } from "./behaviour.ts";
import { createCallLog, type Call, type CallLog } from "./call-log.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { FAULTS, type Fault, type FaultName } from "./faults.ts";
import { listenOn } from "../fake-server/listener.ts";
import { noteFrom } from "../fake-server/note.ts";
import type { FakeModel } from "./model-shelf.ts";
import { route } from "./routes.ts";
import { setHeaders } from "../fake-server/response.ts";
import { createRunner } from "./runner.ts";
import { promptOf, type CallBody } from "./wire.ts";

/** How {@link startFakeOllama} behaves. */
export interface FakeOllamaOptions {
  /** @default one model, `llama3.2:latest`, on the CPU */
  readonly models?: readonly FakeModel[];
  /** Which calls go wrong, and how. Requests that only load the model are spared. @default none */
  readonly faults?: FaultPlan;
  /** Which requests for vectors go wrong, and how; they are counted by themselves. @default none */
  readonly embedFaults?: FaultPlan;
  /** What goes wrong with requests that only load the model. @default nothing */
  readonly loadFault?: Fault | FaultName;
  /** What the model says to a request. @default a note in Markdown sections made from the prompt */
  readonly answer?: (body: CallBody) => string;
  /** Sent with everything it answers, as a gateway in front of it does. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Work before the first byte of each answer, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** Time that loading a model takes, in milliseconds. @default 0 */
  readonly loadMs?: number;
  /** Tokens in each chunk of an answer. @default 8 */
  readonly tokensPerChunk?: number;
  /** Pause before each chunk of an answer, in milliseconds. @default 0 */
  readonly delayPerChunkMs?: number;
  /** Cuts the stream into writes of so many bytes, through the middle of lines and characters. @default whole lines */
  readonly bytesPerWrite?: number;
  /** @default a free one */
  readonly port?: number;
  /** Called with each call when it arrives, before anything is answered. */
  readonly onCall?: (call: Call) => void;
}

/** A running fake. Dispose of it to free its port. */
export interface FakeOllama extends CallLog, AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  /** How often a loaded model had to make way for another model or another context. */
  readonly reloads: number;
  /** Stops listening and breaks every connection. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that answers like Ollama, faults included, and counts what it is asked.
 * The words, statuses and shapes are those of Ollama 0.33; one token is four characters.
 *
 * @example
 * ```ts
 * import { runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 * import { createOllama } from "holdfast/llm";
 * import { startFakeOllama } from "holdfast/testing";
 *
 * await using server = await startFakeOllama({ faults: ["reset"] });
 * const model = createOllama({ model: "llama3.2", baseUrl: server.url });
 * const pipeline = importPipeline({ export: "examples/chatgpt-export", out: "notes" });
 * const { session } = await runPipeline(pipeline, { model, retry: { minWaitSeconds: 0, maxWaitSeconds: 0 } });
 * // The call whose connection was reset was made again.
 * console.log(session.status, session.counts.completed, server.calls.length);
 * // prints: completed 4 5
 * ```
 */
export async function startFakeOllama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const log = createCallLog(options.onCall ?? (() => {}));
  const runner = createRunner();
  const server = createServer((req, res) => {
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    setHeaders(res, options.headers ?? {});
    route(req, res, { log, runner, behaviour, gone: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) res.destroy(error instanceof Error ? error : undefined);
    });
  });
  // Go's server, which Ollama uses, keeps an idle connection open forever.
  server.keepAliveTimeout = 0;
  const listener = await listenOn(server, options.port ?? 0);
  const behaviour = behaviourFrom(options, (outageMs) => void listener.sufferOutage(outageMs));

  return {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    calls: log.calls,
    loads: log.loads,
    embeds: log.embeds,
    countsByPath: log.countsByPath,
    get inFlight() {
      return log.inFlight;
    },
    get maxInFlight() {
      return log.maxInFlight;
    },
    get reloads() {
      return runner.reloads;
    },
    goDown: () => listener.goDown(),
    comeBack: () => listener.comeBack(),
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

function behaviourFrom(options: FakeOllamaOptions, takeDown: (outageMs: number) => void): Behaviour {
  const { loadFault } = options;
  return {
    models: options.models ?? [{ name: "llama3.2:latest" }],
    faults: options.faults ?? [],
    embedFaults: options.embedFaults ?? [],
    loadFault: typeof loadFault === "string" ? FAULTS[loadFault] : loadFault,
    answer: options.answer ?? ((body) => noteFrom(promptOf(body))),
    delayMs: options.delayMs ?? 0,
    loadMs: options.loadMs ?? 0,
    pace: {
      tokensPerChunk: options.tokensPerChunk ?? 8,
      delayPerChunkMs: options.delayPerChunkMs ?? 0,
      bytesPerWrite: options.bytesPerWrite,
    },
    takeDown,
  };
}
