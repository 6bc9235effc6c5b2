import { z } from "zod";
import type { Model } from "../core/model/index.ts";
import { isAboveZero } from "../core/pipeline/index.ts";
import type { Duration } from "../retry/index.ts";
import type { HoldfastConfig } from "./define-config.ts";
import { qualitySettings } from "./quality-settings.ts";
import { organizeSettings } from "./organize-settings.ts";

/** The rule for one key of the configuration file. */
export interface Setting<T> {
  readonly rule: z.ZodType<T>;
  /** What is expected, for error messages. */
  readonly expected: string;
  /** Whether it is a path relative to the configuration file's folder. @default false */
  readonly isPath?: boolean;
  /** Whether it is an object with functions, which is neither shown nor looked through. @default false */
  readonly isCode?: boolean;
}

type Settings = { readonly [K in keyof HoldfastConfig]-?: Setting<Exclude<HoldfastConfig[K], undefined>> };

const text = z.string().min(1);
const amount = z.number().nonnegative();

const count: Setting<number> = { rule: z.int().positive(), expected: "a whole number of 1 or more" };
const seconds: Setting<number> = { rule: amount, expected: "a number of seconds, 0 or more" };
const duration: Setting<Exclude<Duration, number>> = {
  rule: z.custom<Exclude<Duration, number>>((value) => typeof value === "string" && isAboveZero(value)),
  expected: 'a duration above 0, such as "90s" or "10m"',
};
const url: Setting<string> = { rule: text, expected: "an address, such as http://127.0.0.1:11434" };

/** Whoever has made it, and whichever copy of a package it comes from. */
const isModel = (value: unknown): value is Model =>
  typeof value === "object" &&
  value !== null &&
  "id" in value &&
  typeof value.id === "string" &&
  "fingerprint" in value &&
  typeof value.fingerprint === "string" &&
  "check" in value &&
  typeof value.check === "function" &&
  "generate" in value &&
  typeof value.generate === "function";

/** The address of a queue. */
function queue(kind: string, protocols: readonly string[]): Setting<string> {
  const isQueue = (address: string): boolean =>
    URL.canParse(address) && protocols.includes(new URL(address).protocol) && new URL(address).password === "";
  return { rule: z.string().refine(isQueue), expected: `an address without a password, such as ${kind}://queue` };
}

const price = z.strictObject({
  inputPerMillion: amount,
  cachedInputPerMillion: amount.optional(),
  cacheWritePerMillion: amount.optional(),
  outputPerMillion: amount,
});

/** All keys, in the order in which messages list them. */
export const SETTINGS: Settings = {
  llm: { rule: text, expected: "a model, such as ollama:llama3.2" },
  fallback: { rule: z.array(text), expected: 'models, such as ["openai:gpt-5-mini", "extractive"]' },
  model: {
    rule: z.custom<Model>(isModel),
    expected: 'a model of holdfast/llm, such as createAiSdk(anthropic("claude-sonnet-5"))',
    isCode: true,
  },
  embed: { rule: text, expected: "an embedding model, such as ollama:nomic-embed-text" },
  ollamaUrl: url,
  openaiUrl: url,
  numCtx: count,
  concurrency: count,
  window: { rule: z.int().min(1).max(10_000), expected: "a whole number from 1 to 10,000" },
  maxAttempts: count,
  minWait: seconds,
  maxWait: seconds,
  stepTimeout: duration,
  attemptTimeout: duration,
  maxOutage: seconds,
  requestsPerSecond: count,
  requestsPerMinute: count,
  tokensPerMinute: count,
  engine: { rule: z.enum(["bullmq", "local"]), expected: 'one of "bullmq" and "local"' },
  redis: queue("redis", ["redis:", "rediss:"]),
  postgres: queue("postgres", ["postgres:", "postgresql:"]),
  allowVolatile: { rule: z.boolean(), expected: "true or false" },
  prices: {
    rule: z.record(text, price),
    expected: 'prices by model, such as { "openai:gpt-x": { inputPerMillion: 0.15, outputPerMillion: 0.6 } }',
  },
  failOnError: {
    rule: z.union([
      z.int().positive(),
      z.templateLiteral([z.number(), "%"]).refine((share) => parseFloat(share) > 0 && parseFloat(share) <= 100),
    ]),
    expected: 'a whole number of 1 or more, or a share such as "5%"',
  },
  maxOutputTokens: count,
  temperature: { rule: amount, expected: "a number of 0 or more" },
  modelOptions: { rule: z.record(text, z.json()), expected: 'options by name, such as { reasoning_effort: "low" }' },
  modelHeaders: {
    rule: z.record(text, z.string()),
    expected: 'headers by name, such as { "OpenAI-Organization": "org-1" }',
  },
  maxCost: { rule: z.number().positive(), expected: "an amount above 0" },
  maxTokens: count,
  maxConsecutiveFailures: count,
  out: { rule: text, expected: "the path of a folder", isPath: true },
  branches: { rule: z.enum(["current", "all"]), expected: 'one of "current" and "all"' },
  minMessages: { rule: z.int().nonnegative(), expected: "a whole number of 0 or more" },
  layout: {
    rule: z.enum(["flat", "by-date", "by-provider"]),
    expected: 'one of "flat", "by-date" and "by-provider"',
  },
  language: { rule: text, expected: "the name of a language, such as Japanese" },
  prompts: { rule: text, expected: "the path of a folder", isPath: true },
  answer: { rule: z.enum(["markdown", "json"]), expected: 'one of "markdown" and "json"' },
  quality: { rule: qualitySettings, expected: "thresholds, such as { droppedCode: 0.5 }" },
  organize: { rule: organizeSettings, expected: 'rules for organize, such as { rules: [{ genre: "science" }] }' },
  onEdited: { rule: z.enum(["keep", "sibling", "overwrite"]), expected: 'one of "keep", "sibling" and "overwrite"' },
};
