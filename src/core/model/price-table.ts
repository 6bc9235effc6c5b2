import { HoldfastError } from "../failure/index.ts";
import type { TokenUsage } from "./language-model.ts";

/** The price of a model, in any one currency. */
export interface Price {
  /** For a million tokens read. */
  readonly inputPerMillion: number;
  /** For a million tokens written. */
  readonly outputPerMillion: number;
}

/** Prices by model, as in `openai:gpt-x`. A model that is not in it costs an unknown amount, local ones included. */
export type PriceTable = Readonly<Record<string, Price>>;

/** The cost of a call. `isWhole` is false when a part of it is unknown; then the cost is at least `cost`. */
export interface Cost {
  readonly cost: number;
  readonly isWhole: boolean;
}

/** The cost of a call. Unknown tokens at a price of 0 cost 0. */
export function costOf({ inputTokens, outputTokens }: TokenUsage, price: Price | undefined): Cost {
  if (!price) return { cost: 0, isWhole: false };
  const parts = [partOf(inputTokens, price.inputPerMillion), partOf(outputTokens, price.outputPerMillion)];
  return {
    cost: parts.reduce<number>((sum, part) => sum + (part ?? 0), 0),
    isWhole: !parts.includes(undefined),
  };
}

function partOf(tokens: number | undefined, perMillion: number): number | undefined {
  if (perMillion === 0) return 0;
  return tokens === undefined ? undefined : (tokens * perMillion) / 1_000_000;
}

/** Throws a `HoldfastError` (`usage`) for a price that is not a number of 0 or more. */
export function assertPrices(prices: PriceTable): void {
  for (const [model, price] of Object.entries(prices)) {
    for (const side of ["inputPerMillion", "outputPerMillion"] as const) {
      if (Number.isFinite(price[side]) && price[side] >= 0) continue;
      throw new HoldfastError(
        "usage",
        `Expected \`${side}\` of ${JSON.stringify(model)} to be a price of 0 or more, got ${price[side]}.`,
      );
    }
  }
}
