import { z } from "zod";
import { FAILURES, type FailureKind } from "../../../core/failure/index.ts";
import { isAboveZero } from "../../../core/pipeline/index.ts";
import type { WorkerSettings } from "../../../core/runner/index.ts";
import { INLINE_CHARACTERS, JOB_FORMAT, type JobData, type JobResult, type JobSettings } from "../queue/job.ts";

// Anyone who reaches the database can write into the queue, so everything is validated before it is used.

const contentText = z.union([
  z.object({ text: z.string().max(INLINE_CHARACTERS * 2) }),
  z.object({ key: z.string().startsWith("content:").max(200) }),
]);

const failureKind = z.enum(Object.keys(FAILURES) as FailureKind[]);

const cause = z.object({ name: z.string(), message: z.string(), stack: z.string().optional() });

const errorText = cause.extend({
  kind: failureKind.optional(),
  request: z.string().optional(),
  rawAnswer: z.string().optional(),
  causes: z.array(cause).max(10),
});

const usage = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  callsOfUnknownTokens: z.number(),
  cost: z.number(),
  callsOfUnknownCost: z.number(),
});

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
    attempts: z.array(z.object({ attempt: z.number(), kind: failureKind, error: errorText, at: z.number() })),
  }),
  z.object({ kind: z.literal("stopped"), failure: z.union([failureKind, z.literal("outage")]), message: z.string() }),
]);

const stepReport = z.object({
  step: z.string(),
  end,
  attempts: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
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
  price: z.object({ inputPerMillion: z.number(), outputPerMillion: z.number() }).optional(),
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
  aloneAt: z.int().nonnegative().optional(),
  settings,
});

const jobResult = z.object({ version: z.literal(1), done: z.array(stepReport) });

/** Reads a job from the queue. Returns `undefined` when it is not one of ours. */
export const readJobData = (value: unknown): JobData | undefined => jobData.safeParse(value).data;
export const readJobResult = (value: unknown): JobResult | undefined => jobResult.safeParse(value).data;

/** The settings of a job as the runner takes them. */
export function settingsOfJob(given: JobSettings): WorkerSettings {
  const { retry, timeouts, lanes, price } = settings.parse(given);
  const limits = Object.entries(lanes).map(([name, limit]) => [name, defined(limit)] as const);
  return { retry: defined(retry), timeouts, lanes: Object.fromEntries(limits), price };
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
