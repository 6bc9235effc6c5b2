import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { identityOf } from "../../../core/files/index.ts";
import type { Writer } from "./writer.ts";
import { ANSWERED, ENDED, errorOf } from "./writer-protocol.ts";
import type { FromWriterThread, ToWriterThread, WriterThreadData } from "./writer-protocol.ts";

/** A writer in a thread of its own. */
export interface ThreadWriter extends Writer {
  /** Resolves when it can write; rejects where no thread can be started, as in a bundle. */
  readonly opened: Promise<void>;
}

interface Given extends PromiseWithResolvers<readonly unknown[]> {
  readonly length: number;
  readonly answered: Promise<void>;
}

/** How long a process that ends waits for the thread: SQLite waits 10 s for a lock. */
const MOST_WAIT_MS = 30_000;

const HAS_ENDED = "the thread that writes it has ended";
const MAY_BE_MISSING = "the last records may be missing";

/** Writes to the database in a thread of its own, with a connection of its own. */
export function startThreadWriter(file: string, mostWaitMs: number = MOST_WAIT_MS): ThreadWriter {
  const { port1: port, port2 } = new MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(8));
  const script = import.meta.url.endsWith(".ts") ? "./writer-thread.ts" : "./writer-thread.js";
  const workerData: WriterThreadData = { file, identity: identityOf(file), port: port2, state };
  const thread = new Worker(new URL(script, import.meta.url), {
    workerData,
    transferList: [port2],
    // Its own warnings would be a second copy of the process's.
    execArgv: ["--no-warnings"],
    // What is sent to it is gone after each group.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const opened = Promise.withResolvers<void>();
  opened.promise.catch(() => {});
  /** Groups that wait for their answers. */
  const given: Given[] = [];
  let sent = 0;
  let ended: Error | undefined;

  const end = (error: Error): void => {
    ended ??= error;
    opened.reject(ended);
    for (const { reject } of given.splice(0)) reject(ended);
    port.close();
  };
  const ending = new Promise<void>((resolve) => {
    thread.once("error", (error: Error) => end(error));
    thread.once("exit", (code) => {
      end(new Error(`${HAS_ENDED} (exit code ${code})`));
      resolve();
    });
  });

  function take(message: FromWriterThread): void {
    const group = message === "open" ? undefined : given.shift();
    if (given.length === 0) port.unref();
    if (message === "open") return opened.resolve();
    if ("fault" in message) return group?.reject(errorOf(message.fault));
    const written = Array.from<unknown>({ length: group?.length ?? 0 });
    for (const [index, result] of message.written) written[index] = result;
    group?.resolve(written);
  }
  // What waits for it may be all that there is to do, until it is open and whenever it has a group.
  port.on("message", take);
  thread.unref();

  function send(message: ToWriterThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window: it has no origin
    port.postMessage(message);
  }

  return {
    opened: opened.promise,
    get paused() {
      return given.at(-1)?.answered;
    },
    async write(group) {
      if (ended) throw ended;
      send(group);
      sent += 1;
      const waiting = Promise.withResolvers<readonly unknown[]>();
      const answered = Promise.allSettled([waiting.promise]).then(() => undefined);
      given.push({ ...waiting, length: group.length, answered });
      port.ref();
      return waiting.promise;
    },
    flush() {
      if (ended) throw ended;
      const until = performance.now() + mostWaitMs;
      for (;;) {
        const seen = Atomics.load(state, ANSWERED);
        if (seen >= sent) break;
        if (Atomics.load(state, ENDED) === 1) throw new Error(`${HAS_ENDED}: ${MAY_BE_MISSING}`);
        const left = until - performance.now();
        if (left <= 0) throw new Error(`the thread that writes it does not answer: ${MAY_BE_MISSING}`);
        Atomics.wait(state, ANSWERED, seen, left);
      }
      for (;;) {
        const received: { readonly message: FromWriterThread } | undefined = receiveMessageOnPort(port);
        if (received === undefined) return;
        take(received.message);
      }
    },
    async [Symbol.asyncDispose]() {
      if (ended) return;
      thread.ref();
      send("leave");
      await ending;
    },
  };
}
