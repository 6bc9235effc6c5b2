import { z } from "zod";
import { FAILURES, type FailureKind } from "../../../core/failure/index.ts";
import { isAboveZero } from "../../../core/pipeline/index.ts";
import type { WorkerSettings } from "../../../core/runner/index.ts";
import { isPrice, soundUsage, type Price } from "../../../core/model/index.ts";
import type { ContentBox } from "../queue/content-box.ts";
import { JOB_FORMAT, type JobData, type JobResult, type JobSettings, type StepReport } from "../queue/job.ts";
import { contentText, fromWire, readWire, sealedContents, storable, toWire, type WireAnswer } from "../queue/wire.ts";

// Anyone who reaches the database can write into the queue, so everything is validated before it is used.

const failureKind = z.enum(Object.keys(FAILURES) as FailureKind[]);

const cause = z.object({
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  messageAt: z.int().nonnegative().optional(),
});

const errorText = cause.extend({
  kind: failureKind.optional(),
  request: z.string().optional(),
  rawAnswer: z.string().optional(),
  causes: z.array(cause).max(10),
});

/** A number that is no count is unknown, and no reason to refuse what was paid for. */
const usage = z.record(z.string(), z.unknown()).transform(soundUsage);

/** More than any run has, and little enough that a million of them can be added up. */
const attempts = z.int().nonnegative().max(1_000_000);
/** A hundred years. */
const durationMs = z.number().nonnegative().max(3.2e12);
/** What `Date` takes. */
const time = z.number().min(-8.64e15).max(8.64e15);

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
    unanswered: z.boolean().optional(),
    error: errorText,
    attempts: z.array(z.object({ attempt: attempts, kind: failureKind, error: errorText.optional(), at: time })),
  }),
  z.object({ kind: z.literal("stopped"), failure: z.union([failureKind, z.literal("outage")]), message: z.string() }),
]);

const stepReport = z.object({
  step: z.string(),
  end,
  attempts,
  durationMs,
  usage: usage.optional(),
});

const duration = z
  .union([z.number(), z.templateLiteral([z.number(), z.enum(["ms", "s", "m", "h"])])])
  .refine((value) => isAboveZero(value));
const rateLimit = z.object({ limit: z.int().positive(), per: duration });

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
  timeouts: z.object({ stepTimeout: duration, attemptTimeout: duration }).partial().optional(),
  lanes: z.record(z.string(), laneLimits),
  price: z.custom<Price>(isPrice).optional(),
  embeddingPrice: z.custom<Price>(isPrice).optional(),
  maxOutputTokens: z.int().positive().optional(),
});

const jobData = z.object({
  version: z.literal(JOB_FORMAT),
  sessionId: z.string().max(64),
  identity: z.string().max(64),
  runId: z.string().max(64),
  phase: z.string().max(64),
  itemId: z.string(),
  sourcePath: z.string(),
  generation: z.int().nonnegative(),
  keyGeneration: z.int().nonnegative().optional(),
  reviewReason: z.string().optional(),
  steps: z.array(z.string()).min(1),
  content: contentText,
  done: z.array(stepReport),
  lostBefore: z.int().nonnegative(),
  trial: z.object({ deaths: z.int().nonnegative(), underWayAt: z.int().nonnegative().optional() }).optional(),
  settings,
});

const jobResult = z.object({
  version: z.literal(1),
  done: z.array(stepReport),
  suspect: z.object({ deaths: z.int().nonnegative() }).optional(),
});

/** Reads a job from the queue, or says why it is not one of ours. */
export const readJobData = (value: unknown, box: ContentBox): Promise<WireAnswer<JobData>> =>
  fromWire(value, { box, schema: jobData });
/** The same at once; `undefined` for a result that is kept beside its job. */
export const readInlineResult = (value: unknown): WireAnswer<JobResult> | undefined =>
  sealedContents(value).length > 0 ? undefined : readWire(value, jobResult);
export const readJobResult = (value: unknown, box: ContentBox): Promise<WireAnswer<JobResult>> =>
  fromWire(value, { box, schema: jobResult });

/** What others ask a job for: whose it is, and whether a worker has finished a step of it. */
const visibleOf = ({ sessionId, identity, runId, done }: JobData): Readonly<Record<string, unknown>> => ({
  sessionId,
  identity,
  runId,
  done: done.map(() => ({})),
});

/** A job as it goes into the queue. Its reports come last, where more of them are appended. */
export function writeJobData({ done, ...rest }: JobData, box: ContentBox): Promise<unknown> {
  const data: JobData = { ...rest, done };
  return toWire(data, { box, visible: visibleOf(data) });
}

/** A report as it is appended to a job in the queue. */
export const writeReport = (report: StepReport): string => JSON.stringify(storable(report));
export const writeJobResult = (result: JobResult, box: ContentBox): Promise<unknown> => toWire(result, { box });

/** The settings of a job as the runner takes them. */
export function settingsOfJob(given: JobSettings): WorkerSettings {
  const { retry, timeouts, lanes, price, embeddingPrice, maxOutputTokens } = settings.parse(given);
  const limits = Object.entries(lanes).map(([name, limit]) => [name, defined(limit)] as const);
  return { retry: defined(retry), timeouts, lanes: Object.fromEntries(limits), price, embeddingPrice, maxOutputTokens };
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
