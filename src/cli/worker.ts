import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { Command } from "commander";
import { HoldfastError, startWorker, type AnyPipeline, type RunningWorker } from "../index.ts";
import { importPipeline } from "../phases/index.ts";
import { chooseModel } from "./choose-model.ts";
import { addQueueFlags, queueAddress, type EngineFlags } from "./engine-flags.ts";
import { ExitCode } from "./exit-code.ts";
import { wholeNumber } from "./flag-values.ts";
import { loadPipeline } from "./load-pipeline.ts";
import type { SetExitCode } from "./main.ts";

const EXAMPLES = `
Examples:
  $ holdfast worker summaries.ts --redis redis://queue:6379
  $ holdfast worker import --llm ollama:llama3.2 --redis redis://queue:6379 --concurrency 2
  $ HOLDFAST_POSTGRES_PASSWORD=... holdfast worker summaries.ts --postgres postgres://app@db/holdfast

A worker does steps for sessions that run with \`--engine bullmq\` and the same --redis or --postgres. It serves those with
the same steps and the same --llm as its own. SIGTERM and Ctrl-C let the steps under way end; what is left of their items
goes on elsewhere.`;

interface WorkerFlags extends EngineFlags {
  readonly llm?: string;
  readonly ollamaUrl?: string;
  readonly numCtx?: number;
  readonly concurrency: number;
  readonly once?: boolean;
  readonly healthPort?: number;
}

/** `holdfast worker <pipeline>` */
export function workerCommand(exit: SetExitCode): Command {
  return addQueueFlags(new Command("worker"))
    .description("do steps for sessions on other machines")
    .argument(
      "<pipeline>",
      "a file that exports a pipeline as its default, or `import` for the one of `holdfast import`",
    )
    .option("--llm <model>", "the model, the same as the session's (default: extractive)")
    .option("--ollama-url <url>", "where Ollama is (default: OLLAMA_HOST, then http://127.0.0.1:11434)")
    .option("--num-ctx <tokens>", "context length to ask Ollama for", wholeNumber)
    .option("--concurrency <n>", "items at once", wholeNumber, 4)
    .option("--once", "end when nothing is left in the queue")
    .option("--health-port <port>", "answer GET /health on 127.0.0.1 at this port", wholeNumber)
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: WorkerFlags) => {
      const pipeline = await pipelineOf(file);
      const model = chooseModel({ llm: flags.llm ?? "extractive", ollamaUrl: flags.ollamaUrl, numCtx: flags.numCtx });
      const say = (message: string): void => void process.stderr.write(`${message}\n`);
      await using worker = await startWorker(pipeline, {
        address: queueAddress(flags),
        model,
        concurrency: flags.concurrency,
        allowVolatile: flags.allowVolatile ?? false,
        say,
      });
      say(`Worker for ${worker.queueName} (${model.id}), ${flags.concurrency} items at once`);
      using health = await answerHealth(worker, flags.healthPort);
      if (health.port !== undefined) say(`Health at http://127.0.0.1:${health.port}/health`);
      const signal = leaveBySignal(worker, say);
      await (flags.once ? Promise.race([signal, untilIdle(worker)]) : signal);
      await worker.leave();
      say(`Done: ${worker.done} items.`);
      exit(ExitCode.done);
    });
}

/** The pipeline of `import` is named by its name: what differs from import to import is the owner's business. */
async function pipelineOf(file: string): Promise<AnyPipeline> {
  return file === "import" ? importPipeline({ export: ".", out: "." }) : loadPipeline(file);
}

/** Resolves at the first SIGTERM or Ctrl-C; the second one cuts the calls under way, and the third ends the process. */
function leaveBySignal(worker: RunningWorker, say: (message: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (): void => {
      signals += 1;
      if (signals === 1) {
        say(
          `Leaving: finishing ${worker.active} steps that are under way. Once more to cut them; nothing is lost either way.`,
        );
        resolve();
      } else if (signals === 2) worker.halt();
      else process.exit(ExitCode.interrupted);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}

const IDLE_LOOK_MS = 500;
/** A queue that was empty at several looks in a row, with nothing under way, is worked off. */
const IDLE_LOOKS = 4;

async function untilIdle(worker: RunningWorker): Promise<void> {
  for (let idle = 0; idle < IDLE_LOOKS;) {
    await wait(IDLE_LOOK_MS);
    idle = worker.active === 0 && (await worker.countWaiting()) === 0 ? idle + 1 : 0;
  }
}

/** Answers on the machine itself only. */
async function answerHealth(
  worker: RunningWorker,
  port: number | undefined,
): Promise<{ readonly port: number | undefined } & Disposable> {
  if (port === undefined) return { port, [Symbol.dispose]: () => {} };
  const server = createServer((request, response) => {
    const isHealth = request.method === "GET" && request.url === "/health";
    const { queueName: queue, active, done } = worker;
    response.writeHead(isHealth ? 200 : 404, { "content-type": "application/json" });
    response.end(`${JSON.stringify(isHealth ? { status: "ok", queue, active, done } : { error: "not found" })}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new HoldfastError("usage", `Cannot answer at port ${port}: ${cause.message}.`, {
          cause,
          hint: "Give another --health-port.",
        }),
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  return { port, [Symbol.dispose]: () => void server.close() };
}
