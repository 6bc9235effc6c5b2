import type { TokenUsage } from "../base/index.ts";
import { HoldfastError } from "../failure/index.ts";

/** The price of a model, in any one currency. */
export interface Price {
  /** For a million tokens read. */
  readonly inputPerMillion: number;
  /** For a million tokens read out of the provider's cache. @default inputPerMillion */
  readonly cachedInputPerMillion?: number | undefined;
  /** For a million tokens that the provider puts into its cache. @default inputPerMillion */
  readonly cacheWritePerMillion?: number | undefined;
  /** For a million tokens written, thinking included. */
  readonly outputPerMillion: number;
}

/** Prices by model, as in `openai:gpt-x`. A model that is not in it costs an unknown amount, local ones included. */
export type PriceTable = Readonly<Record<string, Price>>;

/** The cost of a call. `isWhole` is false when a part of it is unknown; then the cost is at least `cost`. */
export interface Cost {
  readonly cost: number;
  readonly isWhole: boolean;
}

/** The cost of a call: what its server says, or its tokens at their prices. Unknown tokens at a price of 0 cost 0. */
export function costOf(usage: TokenUsage, price: Price | undefined): Cost {
  if (usage.cost !== undefined) return { cost: usage.cost, isWhole: true };
  if (!price) return { cost: 0, isWhole: false };
  const { inputPerMillion, cachedInputPerMillion = inputPerMillion, cacheWritePerMillion = inputPerMillion } = price;
  const { inputTokens, cachedInputTokens: cached = 0, cacheWriteTokens: written = 0, outputTokens } = usage;
  const plainTokens = inputTokens === undefined ? undefined : Math.max(0, inputTokens - cached - written);
  const parts = [
    partOf(plainTokens, inputPerMillion),
    partOf(cached, cachedInputPerMillion),
    partOf(written, cacheWritePerMillion),
    partOf(outputTokens, price.outputPerMillion),
  ];
  return {
    cost: parts.reduce<number>((sum, part) => sum + (part ?? 0), 0),
    isWhole: !parts.includes(undefined),
  };
}

function partOf(tokens: number | undefined, perMillion: number): number | undefined {
  if (perMillion === 0) return 0;
  return tokens === undefined ? undefined : (tokens * perMillion) / 1_000_000;
}

/** The fields of a price: those that it needs, and those that it may have. */
const FIELDS = {
  inputPerMillion: true,
  cachedInputPerMillion: false,
  cacheWritePerMillion: false,
  outputPerMillion: true,
} as const satisfies Record<keyof Price, boolean>;

/** Whether a value from outside is a price, with nothing in it that means nothing here. */
export function isPrice(value: unknown): value is Price {
  if (typeof value !== "object" || value === null) return false;
  const given = Object.entries(value);
  const isSound = given.every(
    ([key, amount]) => key in FIELDS && typeof amount === "number" && amount >= 0 && Number.isFinite(amount),
  );
  return isSound && Object.entries(FIELDS).every(([field, isNeeded]) => !isNeeded || field in value);
}

/** Throws a `HoldfastError` (`usage`) for a price that is not a number of 0 or more. */
export function assertPrices(prices: PriceTable): void {
  for (const [model, price] of Object.entries(prices)) {
    for (const side of Object.keys(FIELDS) as readonly (keyof Price)[]) {
      const value = price[side];
      if (value === undefined && !FIELDS[side]) continue;
      if (value !== undefined && Number.isFinite(value) && value >= 0) continue;
      throw new HoldfastError(
        "usage",
        `Expected \`${side}\` of ${JSON.stringify(model)} to be a price of 0 or more, got ${value}.`,
      );
    }
  }
}
