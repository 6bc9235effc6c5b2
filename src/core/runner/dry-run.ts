import {
  answerKeys,
  planFanOuts,
  type PhaseDefinition,
  runnableSteps,
  type RunnableStep,
  type StepContext,
} from "../pipeline/index.ts";
import type { AnswerCache, Ledger, LedgerEntry } from "../storage/index.ts";
import { messageOf, StepError, classifyFailure, type FailureKind } from "../failure/index.ts";
import { silentLogger, type JsonValue, StageType } from "../base/index.ts";
import { asStepModel, type EmbeddingModel, type GenerateRequest, type Model, tokenCounter } from "../model/index.ts";
import type { RunServices } from "./run-deps.ts";
import { findCached } from "./step/cached-answer.ts";
import { readOutput, type Child } from "./step/step-output.ts";

/** The dependencies of a dry run. Nothing is written, and the model is not called. */
export interface DryRunDeps {
  readonly phase: PhaseDefinition;
  /** Name of the pipeline. */
  readonly pipeline: string;
  readonly services: RunServices;
  /** Of the run: part of the keys of cached answers. */
  readonly embeddingModel?: EmbeddingModel | undefined;
  readonly cache: AnswerCache;
  /** A key that no other call has. */
  readonly newKey: () => string;
}

/** An item as its source puts it out. */
export interface DryRunItem {
  readonly itemId: string;
  readonly sourcePath: string;
  readonly content: JsonValue;
}

/** What a run would do with one item. */
export interface DryRunResult {
  readonly end: DryRunEnd;
  /** The calls that would be made in any case, whatever the answers are. */
  readonly calls: readonly GenerateRequest[];
  /** For each step that waits for answers of its children: how many children it would get. */
  readonly collects: readonly { readonly step: string; readonly children: number }[];
  /** The parts that it would be fanned out into, nested ones included. */
  readonly chunks: number;
  /** The number of answers found in the cache. */
  readonly cachedAnswers: number;
  /** The ledger entry of the item, if one of its steps asked for it. */
  readonly known: readonly LedgerEntry[];
}

/** How the item ends: `asks` when an answer of the model decides how it goes on. */
export type DryRunEnd =
  | { readonly kind: "asks" }
  | { readonly kind: "loads"; readonly reviewReason: string | undefined }
  | { readonly kind: "skipped" | "filtered"; readonly reason: string }
  | { readonly kind: "fails"; readonly failure: FailureKind; readonly message: string };

/**
 * Takes items through the steps of a phase without a run: each step does what it would do, with the same content and
 * the answers that the cache has, until the model would be asked. For steps without side effects other than through the
 * model and the ledger.
 */
export function dryRunner(deps: DryRunDeps): (item: DryRunItem) => Promise<DryRunResult> {
  const steps = runnableSteps(deps.phase);
  const fanOuts = planFanOuts(steps);
  return async (item) => {
    const seen: Seen = { calls: [], collects: [], cachedAnswers: 0, chunks: 0, known: [] };
    const walk = new Walk({ deps, steps, fanOuts, item, seen });
    const result = await walk.from(0, item.content, { depth: 0, isCollected: false });
    return { ...seen, end: result.kind === "output" ? { kind: "asks" } : result };
  };
}

interface Seen {
  readonly calls: GenerateRequest[];
  readonly collects: { readonly step: string; readonly children: number }[];
  cachedAnswers: number;
  chunks: number;
  readonly known: LedgerEntry[];
}

/** How far a content got: to its end, or as a child to the collect step that gets its output. */
type WalkEnd =
  | DryRunEnd
  | { readonly kind: "output"; readonly output: JsonValue; readonly reviewReason: string | undefined };

interface Position {
  /** 0 for what the source put out, 1 for a child. */
  readonly depth: number;
  /** Whether the content is what children put out. */
  readonly isCollected: boolean;
  readonly reviewReason?: string | undefined;
}

interface WalkOptions {
  readonly deps: DryRunDeps;
  readonly steps: readonly RunnableStep[];
  readonly fanOuts: ReturnType<typeof planFanOuts>;
  readonly item: DryRunItem;
  readonly seen: Seen;
}

/** One item's path through the steps, its children's included. */
class Walk {
  readonly #options: WalkOptions;
  /** How often a step asked for vectors. */
  #embeds = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  async from(index: number, content: JsonValue, position: Position): Promise<WalkEnd> {
    const { steps, fanOuts, seen } = this.#options;
    const { depth, isCollected, reviewReason } = position;
    const step = steps[index];
    if (step === undefined || step.stage === StageType.load) return { kind: "loads", reviewReason };
    if (depth > 0 && fanOuts.depthCollectedAt(index) === depth)
      return { kind: "output", output: content, reviewReason };
    const given = step.collects && !isCollected ? [content] : content;

    const kept = this.#cachedAnswer(step, given);
    if (kept !== undefined) {
      seen.cachedAnswers += 1;
      return this.from(index + 1, kept, { ...position, isCollected: false });
    }
    const before = seen.calls.length + this.#embeds;
    const asks = (): boolean => seen.calls.length + this.#embeds > before;
    try {
      const output = await readOutput(await step.process(given as never, this.#context(step, reviewReason)), step);
      if (asks()) return { kind: "asks" };
      switch (output.kind) {
        case "done": {
          const reason = output.reviewReason ?? reviewReason;
          return await this.from(index + 1, output.output, { depth, isCollected: false, reviewReason: reason });
        }
        case "fannedOut":
          return await this.#children(output.children, { index, begin: output.again ? index : index + 1, position });
        case "skipped":
        case "filtered":
          return { kind: output.kind, reason: output.reason };
      }
    } catch (error) {
      if (asks()) return { kind: "asks" };
      return { kind: "fails", failure: classifyFailure(error), message: messageOf(error) };
    }
  }

  async #children(
    children: readonly Child[],
    { index, begin, position }: { readonly index: number; readonly begin: number; readonly position: Position },
  ): Promise<WalkEnd> {
    const { fanOuts, steps, seen } = this.#options;
    const depth = position.depth + 1;
    const collectedAt = fanOuts.collectedAt(index, depth);
    if (collectedAt === "too deep") return { kind: "fails", failure: "bug", message: "fans out too deep" };
    const outputs: JsonValue[] = [];
    seen.chunks += children.length;
    let reviewReason = position.reviewReason;
    let failure: WalkEnd | undefined;
    for (const { content } of children) {
      const result = await this.from(begin, content, { depth, isCollected: false });
      if (result.kind === "output") {
        outputs.push(result.output);
        reviewReason ??= result.reviewReason;
      }
      if (result.kind === "fails") failure ??= result;
    }
    if (failure) return failure;
    if (collectedAt === undefined) return { kind: "asks" };
    if (outputs.length === children.length) {
      return this.from(collectedAt, outputs, { depth: position.depth, isCollected: true, reviewReason });
    }
    const collect = steps[collectedAt];
    if (collect) seen.collects.push({ step: collect.name, children: children.length });
    return { kind: "asks" };
  }

  #cachedAnswer(step: RunnableStep, content: JsonValue): JsonValue | undefined {
    const { pipeline, services, cache, embeddingModel } = this.#options.deps;
    const setting = { pipeline, model: services.model, embeddingModel };
    const keys = answerKeys(step, content, setting);
    const cached = keys && findCached(cache, keys);
    return cached && (JSON.parse(cached.text) as JsonValue);
  }

  #context(step: RunnableStep, reviewReason: string | undefined): StepContext {
    const { deps, item, seen } = this.#options;
    const { itemId, sourcePath } = item;
    return {
      ...deps.services,
      model: asStepModel(recordingModel(deps.services.model, (request) => seen.calls.push(request))),
      embed: async () => {
        this.#embeds += 1;
        throw new StepError("cancelled", "A dry run makes no vectors.");
      },
      ledger: readOnlyLedger(deps.services.ledger, (entry) => seen.known.push(entry)),
      sessionId: "dry-run",
      phase: deps.phase.name,
      step: step.name,
      itemId,
      sourcePath,
      attempt: 1,
      signal: new AbortController().signal,
      idempotencyKey: deps.newKey(),
      complaint: undefined,
      reviewReason,
      log: silentLogger,
    };
  }
}

/** Records the calls it would get, and answers nothing. */
function recordingModel(model: Model, onRequest: (request: GenerateRequest) => void): Model {
  const { id, lane } = model;
  return {
    id,
    lane,
    fingerprint: model.fingerprint,
    check: async () => ({ notes: [] }),
    generate: async (request) => {
      onRequest(request);
      throw new StepError("cancelled", "A dry run does not call the model.");
    },
    ...(model.countTokens && { countTokens: tokenCounter(model) }),
  };
}

function readOnlyLedger(ledger: Ledger, onFound: (entry: LedgerEntry) => void): Ledger {
  return {
    ...ledger,
    find: (target, sourceId) => {
      const entry = ledger.find(target, sourceId);
      if (entry) onFound(entry);
      return entry;
    },
    intend: () => false,
    confirm: () => {},
    keep: () => {},
  };
}
