import { sha256 } from "../base/index.ts";
import { HoldfastError } from "../failure/index.ts";
import type { JsonValue } from "../base/index.ts";
import type { ContentOf } from "./outcome.ts";
import type { Sink } from "./sink.ts";
import type { Source } from "./source.ts";
import type { StepContext } from "./step-context.ts";
import { assertPart } from "./assert-part.ts";
import { assertTimeout, type Timeouts } from "./timeouts.ts";
import { defineCollect, defineStep, type Collect, type Step } from "./step.ts";

/** A step with its types erased. */
export type AnyStep = Step<never, unknown> & { readonly collects?: true };

/** One phase of a pipeline: where items come from, what is done to each, where they go. */
export interface PhaseDefinition {
  readonly name: string;
  readonly source: Source<unknown>;
  readonly steps: readonly AnyStep[];
  readonly sink: Sink<never>;
  /** Of its steps that have none of their own. */
  readonly timeouts?: Timeouts;
}

/** A pipeline: immutable, and made of phases that run one after the other. */
export interface Pipeline<Phases extends string = never> {
  readonly name: string;
  readonly phases: readonly PhaseDefinition[];
  /** Adds a phase. Its name must be new in this pipeline. */
  phase<const Name extends string>(
    name: Name extends Phases ? PhaseNameIsTaken<Name> : Name,
    build: (phase: PhaseStart) => PhaseEnd,
  ): Pipeline<Phases | Name>;
}

/** A pipeline with any phases, as runners and command lines accept it. */
export type AnyPipeline = Pick<Pipeline, "name" | "phases">;

/** The compiler prints this name when a phase name is used twice. */
export interface PhaseNameIsTaken<Name extends string> {
  readonly hint: `phase names are unique within a pipeline: "${Name}" is taken`;
}

/** A phase that has no source yet. */
export interface PhaseStart {
  extract<C>(source: Source<C>): PhaseFlow<C>;
}

/** A phase under construction: `In` is the content that the next step gets. */
export interface PhaseFlow<In> {
  /** Adds one defined step, or one that collects. */
  transform<Out>(step: Step<In, Out> | Collect<In, Out>): PhaseFlow<Out>;
  /** Adds several defined steps; each gets the output of the one before it. */
  transform<S extends readonly [AnyStep, AnyStep, ...AnyStep[]]>(
    ...steps: { [K in keyof S]: S[K] & StepOf<At<Gets<In, S>, K>> }
  ): PhaseFlow<Last<Gets<In, S>>>;
  /** Adds an inline step. Its results are checkpointed under its name. */
  step<R>(name: string, process: (content: In, ctx: StepContext) => R): PhaseFlow<ContentOf<Awaited<R>>>;
  /** Adds an inline step that waits for all children of a fan-out and gets their outputs. */
  collect<R>(name: string, process: (children: readonly In[], ctx: StepContext) => R): PhaseFlow<ContentOf<Awaited<R>>>;
  /** Sets where finished items go, and ends the phase. */
  load(sink: Sink<In>): PhaseEnd;
}

/** A whole phase. Only `load` makes one, so a phase without `load` does not compile. */
export interface PhaseEnd {
  readonly endsWithLoad: "a phase ends with .load(sink)";
}

type StepOf<In> = Step<In, unknown>;
type PutsOut<S> = S extends { readonly puts?: () => infer Out } ? Out : never;
type Gets<In, S extends readonly unknown[]> = S extends readonly [infer First, ...infer Rest]
  ? [In, ...Gets<PutsOut<First>, Rest>]
  : [In];
type At<T, K> = K extends keyof T ? T[K] : never;
type Last<T extends readonly unknown[]> = T extends readonly [...unknown[], infer L] ? L : never;

/**
 * Starts a pipeline. Names may hold letters, digits, `_` and `-`.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { readJsonl } from "holdfast/sources";
 * import { writeMarkdown } from "holdfast/sinks";
 * import { z } from "zod";
 *
 * const pipeline = definePipeline("notes").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("examples/summaries/docs.jsonl", { schema: z.object({ id: z.string(), text: z.string() }) }))
 *     .step("shorten", ({ id, text }) => ({ id, first: text.split(". ")[0] ?? text }))
 *     .load(writeMarkdown("notes", ({ id, first }) => ({ title: id, body: first }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.status, session.counts.completed);
 * // prints: completed 3
 * ```
 */
export function definePipeline(name: string, { stepTimeout, attemptTimeout }: PipelineOptions = {}): Pipeline {
  assertName("pipeline", name);
  const where = `pipeline ${JSON.stringify(name)}`;
  assertTimeout(where, "stepTimeout", stepTimeout);
  assertTimeout(where, "attemptTimeout", attemptTimeout);
  return makePipeline(name, [], { stepTimeout, attemptTimeout });
}

/** What holds for all steps of a pipeline that say nothing else, loads included. */
export interface PipelineOptions extends Timeouts {}

/** A hash of everything that the meaning of a checkpoint depends on: phases, steps, their order and versions. */
export function hashPipeline(pipeline: AnyPipeline): string {
  const shape: JsonValue = pipeline.phases.map(({ name, source, steps, sink }) => [
    name,
    `${source.name}@${source.version}`,
    ...steps.map(({ name: step, version, settings = null }) => [`${step}@${version}`, settings]),
    `${sink.name}@${sink.version}`,
  ]);
  return sha256(JSON.stringify([pipeline.name, shape]));
}

/** Whether a value is a pipeline, for the default export of a file that a user named. */
export function isPipeline(value: unknown): value is AnyPipeline {
  return (
    typeof value === "object" && value !== null && "phases" in value && Array.isArray(value.phases) && "name" in value
  );
}

function makePipeline<Phases extends string>(
  name: string,
  phases: readonly PhaseDefinition[],
  timeouts: Timeouts,
): Pipeline<Phases> {
  return Object.freeze({
    name,
    phases: Object.freeze(phases),
    phase<Name extends string>(
      phaseName: Name extends Phases ? PhaseNameIsTaken<Name> : Name,
      build: (phase: PhaseStart) => PhaseEnd,
    ): Pipeline<Phases | Name> {
      // oxlint-disable-next-line typescript/no-base-to-string -- the type beside string is only a compile error's words
      const newName = String(phaseName);
      assertName("phase", newName);
      if (phases.some((phase) => phase.name === newName)) {
        throw new HoldfastError("pipeline_invalid", `Phase "${newName}" is already in pipeline "${name}".`);
      }
      return makePipeline<Phases | Name>(name, [...phases, buildPhase(newName, build, timeouts)], timeouts);
    },
  });
}

function buildPhase(name: string, build: (phase: PhaseStart) => PhaseEnd, timeouts: Timeouts): PhaseDefinition {
  let built: PhaseDefinition | undefined;
  const flow = (source: Source<unknown>, steps: readonly AnyStep[]): PhaseFlow<never> => ({
    transform: (...added: readonly AnyStep[]): PhaseFlow<never> => flow(source, [...steps, ...added]),
    step: (stepName: string, process: (content: never, ctx: StepContext) => unknown) =>
      flow(source, [...steps, defineStep({ name: stepName, process })]),
    collect: (stepName: string, process: (children: readonly never[], ctx: StepContext) => unknown) =>
      flow(source, [...steps, defineCollect({ name: stepName, process })]),
    load(sink: Sink<never>): PhaseEnd {
      built = Object.freeze({ name, source, steps: Object.freeze(steps), sink, timeouts });
      return built as unknown as PhaseEnd;
    },
  });
  build({ extract: (source) => flow(source, []) });
  if (built === undefined) {
    throw new HoldfastError("pipeline_invalid", `Phase "${name}" does not end with load(...).`);
  }
  assertStepNames(built);
  return built;
}

function assertStepNames({ name, source, steps, sink }: PhaseDefinition): void {
  assertPart("source", source, name);
  for (const step of steps) assertPart("step", step, name);
  assertPart("sink", sink, name);
  const seen = new Set<string>();
  for (const step of [source, ...steps, sink]) {
    assertName("step", step.name);
    if (seen.has(step.name)) {
      throw new HoldfastError("pipeline_invalid", `Step "${step.name}" is in phase "${name}" twice.`, {
        hint: "Give one of them another name: checkpoints are kept by step name.",
      });
    }
    seen.add(step.name);
  }
}

function assertName(what: string, name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new HoldfastError(
      "pipeline_invalid",
      `Expected a ${what} name of letters, digits, "_" and "-" (at most 64), got ${JSON.stringify(name)}.`,
    );
  }
}
