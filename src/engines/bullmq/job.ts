import { createHash } from "node:crypto";
import { z } from "zod";
import { FAILURES, hashPipeline, type AnyPipeline, type FailureKind, type WorkerSettings } from "../../core/index.ts";

/** Content of at most so many characters travels in the job; larger ones are kept beside it and named. */
export const INLINE_CHARACTERS = 64 * 1024;
/** The most characters of one content that workers take or put out. */
export const MOST_CHARACTERS = 16 * 1024 * 1024;

/** A content as JSON text: in the job, or under a key of the shared state. */
const contentText = z.union([
  z.object({ text: z.string().max(INLINE_CHARACTERS * 2) }),
  z.object({ key: z.string().startsWith("content:").max(200) }),
]);
export type ContentText = z.infer<typeof contentText>;

const FAILURE_KINDS = Object.keys(FAILURES) as readonly FailureKind[];

const errorText = z.object({
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  kind: z.enum(FAILURE_KINDS).optional(),
  request: z.string().optional(),
  rawAnswer: z.string().optional(),
  /** What caused it, and what caused that: outermost first. */
  causes: z.array(z.object({ name: z.string(), message: z.string(), stack: z.string().optional() })).max(10),
});
export type ErrorText = z.infer<typeof errorText>;

const usage = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  callsOfUnknownTokens: z.number(),
  cost: z.number(),
  callsOfUnknownCost: z.number(),
});

const failureKind = z.enum(FAILURE_KINDS);

const end = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), output: contentText, reviewReason: z.string().optional() }),
  z.object({
    kind: z.literal("fannedOut"),
    again: z.boolean(),
    children: z.array(z.object({ id: z.string(), content: contentText })),
  }),
  z.object({ kind: z.enum(["skipped", "filtered"]), reason: z.string() }),
  z.object({
    kind: z.literal("failed"),
    failure: failureKind,
    error: errorText,
    attempts: z.array(z.object({ attempt: z.number(), kind: failureKind, error: errorText, at: z.number() })),
  }),
  /** No item can succeed until a person acts: the owner stops its run, and the item stays pending. */
  z.object({ kind: z.literal("stopped"), failure: z.union([failureKind, z.literal("outage")]), message: z.string() }),
]);

/** What a worker says of one step of one item. */
const stepReport = z.object({
  step: z.string(),
  end,
  attempts: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
  usage: usage.optional(),
});
export type StepReport = z.infer<typeof stepReport>;

const rateLimit = z.object({
  limit: z.int().positive(),
  per: z.union([z.number(), z.templateLiteral([z.number(), z.enum(["ms", "s", "m", "h"])])]),
});

const laneLimits = z
  .object({
    concurrency: z.int().positive(),
    requests: z.array(rateLimit),
    tokens: z.array(rateLimit),
    successesToGrow: z.int().positive(),
    outageAfter: z.int().positive(),
    maxOutageMs: z.number().nonnegative(),
    maxPauseMs: z.number().nonnegative(),
  })
  .partial();

const settings = z.object({
  retry: z
    .object({ maxAttempts: z.int().positive(), minWaitSeconds: z.number(), maxWaitSeconds: z.number() })
    .partial(),
  lanes: z.record(z.string(), laneLimits),
  /** What the model costs. */
  price: z.object({ inputPerMillion: z.number(), outputPerMillion: z.number() }).optional(),
});

/** The item of a job. What to do with it is named by steps of the pipeline that the worker has loaded, and by nothing else. */
const jobData = z.object({
  /** Raised when a worker of an older version could not read what a newer one writes. */
  version: z.literal(1),
  sessionId: z.string().max(64),
  /** One run of the session: what stopped it is not carried over into the next one. */
  runId: z.string().max(64),
  phase: z.string().max(64),
  itemId: z.string(),
  sourcePath: z.string(),
  generation: z.int().nonnegative(),
  reviewReason: z.string().optional(),
  /** Names of the steps to do, in order. */
  steps: z.array(z.string()).min(1),
  content: contentText,
  /** What was done already: the checkpoint. */
  done: z.array(stepReport),
  /** How often the job had been begun when its last step was done: crashes since are counted from there. */
  begunBefore: z.int().nonnegative(),
  settings,
});
export type JobData = z.infer<typeof jobData>;

/** The settings of a job as the runner takes them. */
export function settingsOfJob({ settings: { retry, lanes, price } }: JobData): WorkerSettings {
  const limits = Object.entries(lanes).map(([name, given]) => [name, defined(given)] as const);
  return { retry: defined(retry), lanes: Object.fromEntries(limits), price };
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;

const jobResult = z.object({ version: z.literal(1), done: z.array(stepReport) });
export type JobResult = z.infer<typeof jobResult>;

/** Reads what is in the queue, which anybody may have put there. Returns `undefined` when it is none of ours. */
export const readJobData = (value: unknown): JobData | undefined => jobData.safeParse(value).data;
export const readJobResult = (value: unknown): JobResult | undefined => jobResult.safeParse(value).data;

/** Workers of a pipeline listen to the queue of their version: of the same steps, and of the same model. */
export function queueNameOf(pipeline: AnyPipeline, modelId: string): string {
  return `holdfast-${pipeline.name}-${versionOf(pipeline, modelId)}`;
}

/** Twelve hex digits that name a pipeline's steps and the model they call. */
export const versionOf = (pipeline: AnyPipeline, modelId: string): string =>
  sha256(`${hashPipeline(pipeline)}\n${modelId}`).slice(0, 12);

export interface JobIdParts {
  readonly sessionId: string;
  readonly phase: string;
  readonly itemId: string;
  readonly generation: number;
  /** Raised when the session moves to another engine and back: results from before are not asked for again. */
  readonly epoch: number;
  /** Place of the first step of the stretch that workers do. */
  readonly stretch: number;
}

/** The id of an item's job: the same whoever asks, so that an owner that was killed finds its jobs again. */
export const jobIdOf = ({ sessionId, phase, itemId, generation, epoch, stretch }: JobIdParts): string =>
  `hf-${sha256(JSON.stringify([sessionId, phase, itemId, generation, epoch, stretch]))}`;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
