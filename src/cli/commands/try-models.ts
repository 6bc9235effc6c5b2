import { HoldfastError, messageOf, secretMask } from "../../core/failure/index.ts";
import { firstAsked, type Price } from "../../core/model/index.ts";
import type { AnyPipeline } from "../../core/pipeline/index.ts";
import { RunControl } from "../../core/runner/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { RunOptions } from "../../run/index.ts";
import {
  assertLimits,
  priceOf,
  projectSample,
  runSample,
  type OutputText,
  type SampleProjection,
  type SampleRun,
  type Survey,
} from "../../run/try/index.ts";
import { limitsLeft } from "../flags/limits-left.ts";
import { toRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { withDefaultLimit } from "../flags/try-flags.ts";
import { ExitCode, exitCodeOfError, exitCodeOfOutcome } from "../terminal/exit-code.ts";
import { endAfterUncaught } from "../terminal/drive.ts";
import { openProgress } from "../terminal/progress.ts";

/** A model that is tried, before it is. */
export interface ModelToTry {
  /** As the user named it. */
  readonly llm: string;
  readonly flags: RunFlags;
  readonly options: RunOptions;
}

/** What became of a model. */
export interface TriedModel {
  readonly llm: string;
  /** Its id: `ollama:llama3.2`. */
  readonly model: string;
  /** `undefined` when its session could not begin. */
  readonly run: SampleRun | undefined;
  /** Why there is no session, or why it stopped before its end. */
  readonly problem: string | undefined;
  readonly price: Price | undefined;
  /** The day of the list that the price is from; absent for one that the user gave. */
  readonly listPrices: string | undefined;
  /** Items at once, for the projection. */
  readonly atOnce: number;
  readonly projection: SampleProjection | undefined;
  readonly exitCode: ExitCode;
}

export interface TryAll {
  readonly pipeline: AnyPipeline;
  readonly survey: Survey;
  readonly items: readonly string[];
  readonly outputText?: OutputText | undefined;
  readonly pipelinePath?: string;
  /** What each session keeps. */
  readonly sessionOptions: (flags: RunFlags) => JsonValue;
  readonly isCompared: boolean;
  /** Stops all of it. */
  readonly control: RunControl;
  /** Prints why the process ends, when nothing can follow. */
  readonly end: (message: string) => void;
  /** When the command began to use up its time. */
  readonly startedAt: number;
}

/** The models that the flags name. Throws a `HoldfastError` (`usage`) for one that is none, before anything is asked. */
export async function modelsToTry(
  flags: RunFlags,
  compare: readonly string[] | undefined,
): Promise<readonly ModelToTry[]> {
  const models: ModelToTry[] = [];
  // Models that are compared are those that are named, alone.
  const { model, fallback: _, ...others } = flags;
  const ofFile = model?.id ?? "extractive";
  for (const llm of compare ?? [flags.llm ?? ofFile]) {
    const own = withDefaultLimit(compare ? { ...others, llm } : flags);
    const options = await toRunOptions(own).catch((error: unknown) => {
      throw compare && error instanceof HoldfastError ? ofCompare(error) : error;
    });
    assertLimits(options);
    models.push({ llm, flags: own, options });
  }
  return models;
}

/** What a mistake in `--llm` is called where the model was named by `--compare`. */
const ofCompare = ({ code, message, hint }: HoldfastError): HoldfastError =>
  new HoldfastError(code, message.replaceAll("--llm", "--compare"), {
    ...(typeof hint === "string" && { hint: hint.replaceAll("--llm ", "") }),
  });

/** Runs the models one after the other, so that each is as fast as it is alone. One that fails does not stop the next. */
export async function tryModels(models: readonly ModelToTry[], all: TryAll): Promise<readonly TriedModel[]> {
  const tried: TriedModel[] = [];
  const used = { cost: 0, tokens: 0 };
  for (const [at, { llm, flags }] of models.entries()) {
    const own = limitsLeft(flags, { elapsedMs: performance.now() - all.startedAt, ...used });
    // Its limits are those that the models before it have left.
    const options = await toRunOptions(own);
    const model: ModelToTry = { llm, flags: own, options };
    const stop = whyNot(all.control, flags, used);
    const done = stop ? notTried(model, stop) : await tryModel(model, at, all);
    tried.push(done);
    const { usage } = done.run ?? {};
    used.cost += usage ? usage.cost + usage.estimatedCost : 0;
    used.tokens += usage ? usage.inputTokens + usage.outputTokens + usage.estimatedTokens : 0;
  }
  return tried;
}

interface Stop {
  readonly problem: string;
  readonly exitCode: ExitCode;
}

/** Why a model's turn does not come. */
function whyNot(
  { cause }: RunControl,
  { maxCost = Infinity, maxTokens = Infinity }: RunFlags,
  used: { readonly cost: number; readonly tokens: number },
): Stop | undefined {
  if (cause) return { problem: `not tried: ${cause.message}`, exitCode: ExitCode.interrupted };
  if (used.cost < maxCost && used.tokens < maxTokens) return undefined;
  const flag = used.cost < maxCost ? "--max-tokens" : "--max-cost";
  return { problem: `not tried: the models before it used up ${flag}`, exitCode: ExitCode.limit };
}

function notTried(model: ModelToTry, { problem, exitCode }: Stop): TriedModel {
  return { ...factsOf(model), run: undefined, projection: undefined, problem, exitCode };
}

function factsOf({ llm, options }: ModelToTry) {
  const id = options.model?.id ?? "extractive";
  const known = options.model && priceOf(firstAsked(options.model), options.prices);
  const lane = options.model?.lane;
  const atOnce = lane === undefined ? 1 : (options.lanes?.[lane]?.concurrency ?? 1);
  return { llm, model: id, price: known?.price, listPrices: known?.list?.date, atOnce };
}

async function tryModel(model: ModelToTry, at: number, all: TryAll): Promise<TriedModel> {
  const { options, flags, llm } = model;
  const facts = factsOf(model);
  const progress = openProgress({ stream: process.stderr, env: process.env, before: undefined });
  using control = followingControl(all.control);
  const { pipeline, items, outputText, pipelinePath, end } = all;
  endAfterUncaught(control.own, end);
  try {
    const run = await runSample(pipeline, {
      items,
      outputText,
      run: {
        ...options,
        // As many items as calls: an item's time then holds no wait for the others.
        ...(options.model?.lane !== undefined && { window: Math.min(options.window ?? facts.atOnce, facts.atOnce) }),
        control: control.own,
        onEvent: progress.onEvent,
        sessionOptions: all.sessionOptions(flags),
        ...(pipelinePath !== undefined && { pipelinePath }),
        onSession: ({ id }) => progress.say(`Session ${id}: trying ${llm}`),
        catchUncaught: true,
        onUnexpectedExit: ({ message }) => end(message),
      },
    });
    const { cause } = run.outcome;
    const projection = projectSample({
      survey: all.survey.items,
      model: at,
      tried: run.items,
      price: facts.price,
      atOnce: facts.atOnce,
      limits: {
        readMs: all.survey.readMs,
        callsPerMinute: callsPerMinute(flags),
        tokensPerMinute: flags.tokensPerMinute,
      },
    });
    const problem = cause && `stopped before its end: ${cause.message}`;
    return { ...facts, run, projection, problem, exitCode: exitCodeOfOutcome(run.outcome) };
  } catch (error) {
    if (all.control.cause !== undefined) {
      return notTried(model, { problem: `not tried: ${all.control.cause.message}`, exitCode: ExitCode.interrupted });
    }
    // A model alone that cannot be used is reported as by any other command.
    if (!(error instanceof HoldfastError) || error.code !== "model_unusable" || !all.isCompared) throw error;
    const problem = secretMask(process.env)(messageOf(error));
    return { ...facts, run: undefined, projection: undefined, problem, exitCode: exitCodeOfError(error.code) };
  } finally {
    progress.done();
  }
}

const callsPerMinute = ({ requestsPerMinute, requestsPerSecond }: RunFlags): number | undefined => {
  const both = [requestsPerMinute, requestsPerSecond && 60 * requestsPerSecond].filter((n) => n !== undefined);
  return both.length === 0 ? undefined : Math.min(...both);
};

/** A control of one run that stops with `whole`: a run that stops by itself does not stop those after it. */
function followingControl(whole: RunControl): { readonly own: RunControl } & Disposable {
  const own = new RunControl();
  const drain = (): void => {
    if (whole.cause) own.stop(whole.cause);
  };
  const halt = (): void => {
    if (whole.cause) own.haltNow(whole.cause);
  };
  whole.drain.addEventListener("abort", drain);
  whole.halt.addEventListener("abort", halt);
  if (whole.stopping) drain();
  return {
    own,
    [Symbol.dispose]() {
      whole.drain.removeEventListener("abort", drain);
      whole.halt.removeEventListener("abort", halt);
    },
  };
}
