import type { AnswerQuery, AnswerSize, CachedAnswers } from "./cached-answers.ts";

interface Answer {
  readonly step: string;
  readonly output: string;
  readonly at: string;
}

/** Answers that last as long as the process; `now` is in milliseconds since 1970. */
export function memoryCache(now: () => number): CachedAnswers {
  const answers = new Map<string, Answer>();
  const chosen = ({ before, step }: AnswerQuery): readonly (readonly [key: string, answer: Answer])[] =>
    [...answers].filter(
      ([, answer]) =>
        (step === undefined || answer.step === step) && (before === undefined || answer.at < before.toISOString()),
    );
  return {
    get: (key) => answers.get(key)?.output,
    set: (key, step, output) => void answers.set(key, { step, output, at: new Date(now()).toISOString() }),
    steps: () =>
      [...new Set([...answers.values()].map(({ step }) => step))].toSorted().map((step) => {
        const found = chosen({ step });
        const times = found.map(([, { at }]) => at).toSorted();
        return { step, ...sizeOf(found), oldestAt: times.at(0) ?? "", newestAt: times.at(-1) ?? "" };
      }),
    measure: (query) => sizeOf(chosen(query)),
    prune(query) {
      const found = chosen(query);
      for (const [key] of found) answers.delete(key);
      return sizeOf(found);
    },
  };
}

const sizeOf = (found: readonly (readonly [string, Answer])[]): AnswerSize => ({
  answers: found.length,
  bytes: found.reduce((sum, [, { output }]) => sum + Buffer.byteLength(output), 0),
});
