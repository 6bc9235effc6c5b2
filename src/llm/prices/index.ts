export { billedAs, listPriceNote, priceOf } from "./list-price.ts";
