export { billedAs, knownPrices, listPriceNote, priceOf } from "./list-price.ts";
