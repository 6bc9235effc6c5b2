import { type BundledSize, bundledSize } from "../../scripts/bundled-size.ts";

const OURS = "../../dist/retry/index.js";

/** What a program imports in order to retry with backoff. */
const IMPORTS: Readonly<Record<string, string>> = {
  "holdfast/retry, all of it": `export * from "${OURS}"`,
  "holdfast/retry, `withRetry`": `export { withRetry } from "${OURS}"`,
  "holdfast/retry, `retryCall`": `export { retryCall } from "${OURS}"`,
  "holdfast/retry, `Retrying`": `export { Retrying } from "${OURS}"`,
  "p-retry": `export { default } from "p-retry"`,
  "cockatiel, `retry`": `export { retry, handleAll, ExponentialBackoff } from "cockatiel"`,
  "async-retry": `export { default } from "async-retry"`,
  "exponential-backoff": `export { backOff } from "exponential-backoff"`,
  "@lifeomic/attempt": `export { retry } from "@lifeomic/attempt"`,
  "effect, `retry`": `import { Effect, Schedule } from "effect";
    export const retry = (task) =>
      Effect.runPromise(Effect.retry(Effect.tryPromise(task), Schedule.jittered(Schedule.exponential("1 second"))));`,
};

/** The weight of each, bundled. */
export async function sizes(): Promise<readonly (BundledSize & { readonly name: string })[]> {
  const weighed = Object.entries(IMPORTS).map(async ([name, code]) => ({
    name,
    ...(await bundledSize(code, import.meta.dirname)),
  }));
  return Promise.all(weighed);
}
