import { createServer } from "node:http";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { RunningWorker } from "../../engines/bullmq/index.ts";
import { startWorker } from "../../fleet/index.ts";
import { HoldfastError, secretMask } from "../../core/failure/index.ts";
import type { AnyPipeline } from "../../core/pipeline/index.ts";
import { sleep } from "../../retry/index.ts";
import { importPipeline } from "../../chats/phases/index.ts";
import { AnswerForm } from "../../chats/transform/prompts/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { Model } from "../../core/model/index.ts";
import { addDrawingFlags, modelOptionsOf } from "../flags/choose-model.ts";
import { addFallbackFlag, chooseModels } from "../flags/fallback-flag.ts";
import { addEmbedFlag, chooseEmbedding } from "../flags/choose-embedding.ts";
import { addQueueFlags, queueAddress, type EngineFlags } from "../flags/engine-flags.ts";
import { endSoon } from "../terminal/end-soon.ts";
import { commandIsDone, leaveUncaughtToRun, printLast } from "../terminal/process-end.ts";
import { exitOnPurpose, isCatching, type Uncaught } from "../../core/runner/index.ts";
import { ExitCode } from "../terminal/exit-code.ts";
import { terminalText } from "../text/escape/terminal-text.ts";
import { wholeNumber } from "../flags/flag-values.ts";
import { duration } from "../flags/time-values.ts";
import type { Duration } from "../../retry/index.ts";
import { loadPipeline } from "../flags/load-pipeline.ts";
import type { SetExitCode } from "../terminal/exit-code.ts";
import { onStopSignal } from "../terminal/stop-signals.ts";
import { addConfigFlags, settle, type ConfigFlags } from "../flags/settings.ts";
import { countOf } from "../text/report-text.ts";
import { printAside } from "../terminal/print.ts";

const EXAMPLES = `
Examples:
  $ holdfast worker summaries.ts --redis redis://queue:6379
  $ holdfast worker import --llm ollama:llama3.2 --redis redis://queue:6379 --concurrency 2
  $ holdfast worker import --llm ollama:llama3.2 --language Japanese --redis redis://queue:6379    the same as the import
  $ HOLDFAST_POSTGRES_PASSWORD=... holdfast worker summaries.ts --postgres postgres://app@db/holdfast
  $ holdfast worker summaries.ts --redis rediss://queue:6380 --once         end when the queue is empty
  $ holdfast worker summaries.ts --redis redis://queue --owner-timeout 10m   of a session that is stopped now and then
  $ holdfast worker summaries.ts --redis redis://queue --health-port 9090   for a supervisor: GET /health

A worker does steps for sessions that run with the same --redis or --postgres. It serves those with the same steps and
--llm; it reports the others and does no work for them. When the owner of a session is gone, its items wait until
\`holdfast resume\`. SIGTERM, SIGHUP and Ctrl-C let the running steps end; other workers go on
with their items.`;

interface WorkerFlags extends EngineFlags, ConfigFlags {
  readonly llm?: string;
  readonly fallback?: readonly string[];
  readonly model?: Model;
  readonly embed?: string;
  readonly ollamaUrl?: string;
  readonly openaiUrl?: string;
  readonly numCtx?: number;
  readonly temperature?: number;
  readonly modelOption?: Readonly<Record<string, JsonValue>>;
  readonly modelOptions?: Readonly<Record<string, JsonValue>>;
  readonly modelHeaders?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
  readonly ownerTimeout?: Duration;
  readonly once?: boolean;
  readonly healthPort?: number;
  readonly language?: string;
  readonly prompts?: string;
  readonly answer?: AnswerForm;
}

/** The default concurrency: a worker waits for its model most of the time. */
const DEFAULT_CONCURRENCY = 4;

/** `holdfast worker <pipeline>` */
export function workerCommand(exit: SetExitCode): Command {
  return (
    addConfigFlags(addAskingFlags(addModelFlags(addQueueFlags(new Command("worker")))))
      .description("run steps for sessions on other machines")
      .argument(
        "<pipeline>",
        "a file that exports a pipeline as its default, or `import` for the one of `holdfast import`",
      )
      .optionsGroup("The worker:")
      .option("--concurrency <n>", `items at once (default: ${DEFAULT_CONCURRENCY})`, wholeNumber)
      .option(
        "--owner-timeout <time>",
        "begin nothing more for a session whose owner is gone for so long, as in 30s or 10m (default: 1m)",
        duration,
      )
      .option("--once", "end when nothing is left in the queue")
      .option("--health-port <port>", "answer GET /health on 127.0.0.1 at this port", wholeNumber)
      .addHelpText("after", EXAMPLES)
      // In the file and the environment, `concurrency` means the calls of a session.
      .action(async (file: string, { concurrency = DEFAULT_CONCURRENCY, ...given }: WorkerFlags) => {
        const flags: WorkerFlags = await settle(given);
        const pipeline = file === "import" ? importPipelineOf(flags) : await loadPipeline(file);
        const { llm, fallback, model: ofConfig, ollamaUrl, openaiUrl, numCtx, temperature, modelHeaders } = flags;
        const drawing = { temperature, modelHeaders, ...modelOptionsOf(flags) };
        const model = await chooseModels({ llm, fallback, model: ofConfig, ollamaUrl, openaiUrl, numCtx, ...drawing });
        const embeddingModel = file === "import" ? undefined : chooseEmbedding(flags);
        const mask = secretMask(process.env);
        const say = (message: string): void => printAside(mask(message));
        let uncaught: string | undefined;
        const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
        const onUncaught = ({ message }: Uncaught): void => {
          uncaught ??= message;
          stop();
        };
        leaveUncaughtToRun(isCatching);
        await using worker = await startWorker(pipeline, {
          address: await queueAddress(flags),
          model,
          ...(embeddingModel && { embeddingModel }),
          concurrency,
          allowVolatile: flags.allowVolatile ?? false,
          ...(flags.ownerTimeout !== undefined && { ownerTimeout: flags.ownerTimeout }),
          say,
          onUncaught,
          onUnexpectedExit: ({ message }) => printLast(terminalText(mask(message)), OTHERS_GO_ON),
        });
        say(`Worker for ${worker.queueName} (${model.id}), ${countOf(concurrency, "item")} at once`);
        using health = await answerHealth(worker, flags.healthPort);
        if (health.port !== undefined) say(`Health at http://127.0.0.1:${health.port}/health`);
        const signal = leaveBySignal(worker, say);
        await Promise.race([signal, stopped, ...(flags.once ? [untilIdle(worker)] : [])]);
        if (uncaught !== undefined) say(`error: ${uncaught}\nThis worker leaves. ${OTHERS_GO_ON}`);
        await worker.leave();
        say(`Done: ${countOf(worker.done, "job")}.`);
        exit(uncaught === undefined ? ExitCode.done : ExitCode.internal);
        endSoon();
      })
  );
}

const addModelFlags = (command: Command): Command =>
  addDrawingFlags(
    addEmbedFlag(
      addFallbackFlag(
        command.optionsGroup("The model:").option("--llm <model>", "the same as the session's (default: extractive)"),
      ),
    )
      .option("--ollama-url <url>", "where Ollama is (default: OLLAMA_HOST, then http://127.0.0.1:11434)")
      .option("--openai-url <url>", "an OpenAI-compatible server (default: OPENAI_BASE_URL)")
      .option("--num-ctx <tokens>", "context length to use (default: 8192)", wholeNumber),
  );

const addAskingFlags = (command: Command): Command =>
  command
    .optionsGroup("For `import`, the same as the session's:")
    .option("--language <name>", "the language of the notes")
    .option("--prompts <folder>", "prompts of your own")
    .addOption(new Option("--answer <form>", "form of the model's answers").choices(Object.values(AnswerForm)));

/** The parts of an import that only its owner does, with placeholder values. */
const importPipelineOf = ({ language, prompts, answer }: WorkerFlags): AnyPipeline =>
  importPipeline({
    export: ".",
    out: ".",
    language,
    prompts: prompts === undefined ? undefined : resolve(prompts),
    answer,
  });

/** Resolves at the first signal; the second one aborts the calls in flight, and the third ends the process. */
function leaveBySignal(worker: RunningWorker, say: (message: string) => void): Promise<void> {
  return new Promise((left) => {
    let isHalted = false;
    onStopSignal((request) => {
      if (request === "nothing") return;
      if (request === "drain") {
        say(
          `Leaving: finishing ${worker.active} running steps. Press Ctrl-C again to abort them; nothing is lost either way.`,
        );
      } else if (isHalted) {
        commandIsDone();
        exitOnPurpose(ExitCode.interrupted);
      } else {
        isHalted = true;
        worker.halt();
      }
      left();
    });
  });
}

const OTHERS_GO_ON =
  "The session is safe: other workers go on with its items. Start this worker again when its cause is fixed.";

const IDLE_LOOK_MS = 500;
/** Resolves when the queue was empty in several checks in a row, with nothing in flight. */
const IDLE_LOOKS = 4;

async function untilIdle(worker: RunningWorker): Promise<void> {
  for (let idle = 0; idle < IDLE_LOOKS;) {
    await sleep(IDLE_LOOK_MS);
    idle = worker.active === 0 && (await worker.countWaiting()) === 0 ? idle + 1 : 0;
  }
}

/** A health endpoint for this machine only. */
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
  await new Promise<void>((ready, reject) => {
    server.once("error", (cause) =>
      reject(
        new HoldfastError("usage", `Cannot listen on port ${port}: ${cause.message}.`, {
          cause,
          hint: "Give another --health-port.",
        }),
      ),
    );
    server.listen(port, "127.0.0.1", ready);
  });
  return { port, [Symbol.dispose]: () => void server.close() };
}
