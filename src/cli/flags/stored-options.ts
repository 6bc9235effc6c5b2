import { z } from "zod";
import { HoldfastError } from "../../core/failure/index.ts";
import type { Duration } from "../../retry/index.ts";
import { isAboveZero } from "../../core/pipeline/index.ts";
import { isPrice, type Price } from "../../core/model/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { Session } from "../../core/session/index.ts";
import { ChatSource } from "../../chats/extract/chats/index.ts";
import { Branches } from "../../chats/extract/conversation-format.ts";
import type { QualityThresholds } from "../../chats/transform/check-quality/index.ts";
import { AnswerForm } from "../../chats/transform/prompts/index.ts";
import { OnEdited } from "../../stages/load/markdown/index.ts";
import { Layout } from "../../stages/note/index.ts";
import { mergeEngineFlags } from "./engine-flags.ts";
import { storedOrganize, type StoredOrganize } from "./stored-organize.ts";
import { KEPT_FLAGS, type StoredFlags, type RunFlags } from "./run-flags.ts";

/** The options of the command line that a session stores. */
export interface StoredOptions {
  /** The base of the pipeline's relative paths. */
  readonly cwd: string;
  readonly flags: StoredFlags;
  /** The model object that the session began with: its id, and the configuration file that made it. */
  readonly model?: { readonly id: string; readonly config: string };
  /** Only for `holdfast import`. */
  readonly import?: StoredImport;
  /** Only for `holdfast organize`. */
  readonly organize?: StoredOrganize;
  /** Only for `holdfast try`. */
  readonly try?: StoredTry;
}

export type StoredImport = {
  readonly export: string;
  readonly from?: ChatSource | undefined;
  readonly branches?: Branches | undefined;
  readonly out: string;
  readonly minMessages: number;
  readonly onEdited: OnEdited;
  readonly layout: Layout;
  readonly language?: string | undefined;
  readonly prompts?: string | undefined;
  readonly answer?: AnswerForm | undefined;
  readonly quality?: QualityThresholds | undefined;
};

/** A sample. It is apart from the import that it is taken from, so that nothing takes the session for that import. */
export type StoredTry = {
  /** The ids of its items, in their order. */
  readonly items: readonly string[];
  /** Absent for a pipeline's file. */
  readonly import?: StoredImport | undefined;
};

const count = z.int().positive();
const amount = z.number().nonnegative();
const duration = z.custom<Duration>((value) => typeof value === "string" && isAboveZero(value));

const storedImport = z.object({
  export: z.string(),
  from: z.enum(ChatSource).optional(),
  branches: z.enum(Branches).optional(),
  out: z.string(),
  minMessages: z.int().nonnegative(),
  onEdited: z.enum(OnEdited).default(OnEdited.keep),
  layout: z.enum(Layout).default(Layout.flat),
  language: z.string().optional(),
  prompts: z.string().optional(),
  answer: z.enum(AnswerForm).optional(),
  quality: z.custom<QualityThresholds>((value) => typeof value === "object" && value !== null).optional(),
});

const storedOptions = z.object({
  cwd: z.string(),
  flags: z
    .object({
      llm: z.string(),
      fallback: z.array(z.string()),
      embed: z.string(),
      ollamaUrl: z.string(),
      openaiUrl: z.string(),
      numCtx: count,
      concurrency: count,
      window: count,
      maxAttempts: count,
      minWait: amount,
      maxWait: amount,
      stepTimeout: duration,
      attemptTimeout: duration,
      cache: z.literal(false),
      requestsPerSecond: count,
      requestsPerMinute: count,
      tokensPerMinute: count,
      maxOutage: amount,
      price: z.tuple([amount, amount]),
      prices: z.record(z.string(), z.custom<Price>(isPrice)),
      maxOutputTokens: count,
      temperature: amount,
      modelOption: z.record(z.string(), z.json()),
      modelOptions: z.record(z.string(), z.json()),
      modelHeaders: z.record(z.string(), z.string()),
      failOnError: z.union([count, z.templateLiteral([z.number(), "%"])]),
      maxCost: z.number().positive(),
      maxTokens: count,
      maxConsecutiveFailures: count,
      engine: z.enum(["bullmq", "local"]),
      redis: z.string(),
      postgres: z.string(),
      allowVolatile: z.boolean(),
    })
    .partial(),
  model: z.object({ id: z.string(), config: z.string() }).optional(),
  import: storedImport.optional(),
  organize: storedOrganize.optional(),
  try: z.object({ items: z.array(z.string()), import: storedImport.optional() }).optional(),
});

/** The options to store in a new session. */
export function storeOptions(
  flags: RunFlags,
  importing?: StoredOptions["import"],
  organizing?: StoredOrganize,
  trying?: StoredTry,
): JsonValue {
  const kept = Object.fromEntries(
    // Commander's default for `--no-cache` is no choice of the user.
    KEPT_FLAGS.flatMap((name) =>
      flags[name] === undefined || (name === "cache" && flags[name]) ? [] : [[name, flags[name]]],
    ),
  );
  return {
    cwd: process.cwd(),
    flags: kept,
    ...(flags.model && { model: { id: flags.model.id, config: flags.configPath ?? "" } }),
    ...(importing && { import: importing }),
    ...(organizing && { organize: organizing }),
    ...(trying && { try: trying }),
  };
}

/** Reads the stored options of a session; a session that a program started has none for the command line. */
export function readStoredOptions(session: Session): StoredOptions {
  const { data } = storedOptions.safeParse(session.options);
  if (data) {
    const { cwd, flags, model, import: importing, organize, try: trying } = data;
    return {
      cwd,
      flags: withoutUndefined(flags),
      ...(model && { model }),
      ...(importing && { import: importing }),
      ...(organize && { organize }),
      ...(trying && { try: trying }),
    };
  }
  throw new HoldfastError("usage", `Session ${session.id} was not started by the command line.`, {
    hint: "Go on with it in the program that started it: resumeSession(id, pipeline), or retryFailed(id, pipeline) for what failed.",
  });
}

/** The flags of this command, merged over the session's stored ones. */
export function mergeFlags(stored: StoredOptions, given: RunFlags): RunFlags {
  const { price, fallback, ...others } = stored.flags;
  // A price belongs to a model, and so does what is asked in its place: another model needs others.
  const isSameModel = given.llm === undefined || given.llm === stored.flags.llm;
  const ofModel = isSameModel ? withoutUndefined({ price, fallback }) : {};
  return { ...others, ...ofModel, ...given, ...mergeEngineFlags(stored.flags, given) };
}

const withoutUndefined = (flags: { readonly [K in keyof StoredFlags]?: StoredFlags[K] | undefined }): StoredFlags =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
