import type { JsonValue } from "../../../src/core/base/index.ts";
import type { Sink, Source } from "../../../src/core/pipeline/index.ts";

/** A source of the items `0`, `1`, `2` ... with their number as content. */
export const numbers = (count: number): Source<{ readonly n: number }> => numbersFrom(0, count);

/** The same items with contents that begin at another number. */
export const numbersFrom = (first: number, count: number): Source<{ readonly n: number }> => ({
  name: "count",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < count; n += 1) {
      yield { kind: "item", itemId: String(n), sourcePath: "numbers", content: { n: first + n } };
    }
  },
});

/** What a sink got, by item. */
export type Kept = Map<string, Readonly<Record<string, JsonValue>>>;

/** A sink that keeps what it gets in memory. */
export const keepIn = (kept: Kept): Sink<Readonly<Record<string, JsonValue>>> => ({
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (content, { itemId }) => {
    kept.set(itemId, content);
    return { outputPath: `memory/${itemId}` };
  },
});
