export { billedAs, knownPrices, priceOf } from "./list-price.ts";
