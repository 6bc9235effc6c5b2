import { describe, expect, it } from "vitest";
import { isPrice } from "../../core/model/index.ts";
import { billedAs, listPriceNote, priceOf } from "./list-price.ts";
import { LIST_PRICES, LIST_PRICES_DATE } from "./list-prices.ts";

describe("the price of a model", () => {
  it("is its user's own, before any list", () => {
    const own = { inputPerMillion: 1, outputPerMillion: 2 };
    const model = { id: "openai:gpt-5-mini", billedAs: "openai/gpt-5-mini" };
    expect(priceOf(model, { "openai:gpt-5-mini": own })).toEqual({ price: own });
    expect(priceOf(model)?.price).toEqual({ inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 2 });
    expect(priceOf(model)?.list?.date).toBe(LIST_PRICES_DATE);
  });

  it("is known for embedding models too", () => {
    const model = { id: "e", billedAs: billedAs("api.openai.com", "text-embedding-3-small") };
    expect(priceOf(model)?.price).toEqual({ inputPerMillion: 0.02, outputPerMillion: 0 });
  });

  it.each([
    { id: "openai:m" },
    { id: "openai:m", billedAs: "openai/nobody-knows" },
    { id: "openai:m", billedAs: "constructor" },
  ])("is not known for %j", (model) => {
    expect(priceOf(model)).toBeUndefined();
  });

  it("says in a line where it is from", () => {
    const known = priceOf({ id: "x", billedAs: "openai/gpt-5-mini" });
    expect(known && listPriceNote(known)).toMatch(
      /^Costs are counted by the list prices of \d{4}-\d\d-\d\d \(LiteLLM [\d.]+\), in dollars: 0.25 for a million tokens in, 2 out\.$/,
    );
    expect(listPriceNote({ price: { inputPerMillion: 1, outputPerMillion: 2 } })).toBeUndefined();
  });
});

describe("the list", () => {
  it.each(Object.keys(LIST_PRICES))("has a price for %s, and none of a cache above it", (name) => {
    const price = priceOf({ id: "", billedAs: name })?.price;
    expect(isPrice(price)).toBe(true);
    expect(price?.cachedInputPerMillion ?? 0).toBeLessThanOrEqual(price?.inputPerMillion ?? 0);
    // An embedding model writes nothing.
    expect((price?.outputPerMillion ?? 0) > 0).toBe(!name.includes("embed"));
  });

  it.each([
    ["api.openai.com", "gpt-5-mini", "openai/gpt-5-mini"],
    ["generativelanguage.googleapis.com", "models/gemini-2.5-flash", "gemini/gemini-2.5-flash"],
    ["127.0.0.1", "gpt-5-mini", undefined],
    ["constructor", "m", undefined],
  ])("at %s has %s as %s", (host, model, name) => {
    expect(billedAs(host, model)).toBe(name);
  });
});
