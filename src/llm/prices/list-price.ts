import type { Model, Price, PriceTable } from "../../core/model/index.ts";
import { LIST_PRICES, LIST_PRICES_DATE, LIST_PRICES_SOURCE } from "./list-prices.ts";

/** The price that a run counts by. */
export interface KnownPrice {
  readonly price: Price;
  /** The day and the source of a list price; absent for one that the user gave. */
  readonly list?: { readonly date: string; readonly source: string } | undefined;
}

/** The price of a model: the user's own, or the list price of its provider, in dollars. */
export function priceOf(
  { id, billedAs }: Pick<Model, "id" | "billedAs">,
  prices: PriceTable = {},
): KnownPrice | undefined {
  const own = prices[id];
  if (own) return { price: own };
  const row = billedAs !== undefined && Object.hasOwn(LIST_PRICES, billedAs) ? LIST_PRICES[billedAs] : undefined;
  if (!row) return undefined;
  const [inputPerMillion, outputPerMillion, cachedInputPerMillion, cacheWritePerMillion] = row;
  return {
    price: {
      inputPerMillion,
      outputPerMillion,
      ...(cachedInputPerMillion !== undefined && { cachedInputPerMillion }),
      ...(cacheWritePerMillion !== undefined && { cacheWritePerMillion }),
    },
    list: { date: LIST_PRICES_DATE, source: LIST_PRICES_SOURCE },
  };
}

/** The prices of models, and of those that are asked in turn in the place of one, by their ids; and a line for each list price. */
export function knownPrices(
  given: readonly Pick<Model, "id" | "billedAs" | "alternatives">[],
  own: PriceTable = {},
): { readonly prices: PriceTable; readonly notes: readonly string[] } {
  const models = given.flatMap<Pick<Model, "id" | "billedAs">>((model) => model.alternatives?.models ?? [model]);
  const known = models.flatMap((each) => {
    const found = priceOf(each, own);
    return found ? [[each.id, found] as const] : [];
  });
  const notes = known.flatMap(([id, price]) => {
    const note = listPriceNote(price);
    return note === undefined ? [] : [models.length === 1 ? note : `${id}: ${note}`];
  });
  return { prices: Object.fromEntries(known.map(([id, { price }]) => [id, price])), notes };
}

/** A line for people about a list price. */
export const listPriceNote = ({ price, list }: KnownPrice): string | undefined =>
  list &&
  `Costs are counted by the list prices of ${list.date} (${list.source}), in dollars: ${price.inputPerMillion} for a million tokens in, ${price.outputPerMillion} out.`;

/** The APIs whose prices are in the list, by their host. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "api.openai.com": "openai",
  "api.anthropic.com": "anthropic",
  "generativelanguage.googleapis.com": "gemini",
  "api.mistral.ai": "mistral",
  "api.deepseek.com": "deepseek",
  "api.groq.com": "groq",
  "api.x.ai": "xai",
  "api.cerebras.ai": "cerebras",
};

/** What a model at an address is in the list; `undefined` for an address that is none of a provider's. */
export function billedAs(host: string, model: string): string | undefined {
  const provider = Object.hasOwn(PROVIDERS, host) ? PROVIDERS[host] : undefined;
  // Gemini's list of models says `models/` before each name.
  return provider === undefined ? undefined : `${provider}/${model.replace(/^models\//, "")}`;
}
