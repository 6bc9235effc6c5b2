export { filterShort, type FilterShortOptions } from "./filter-short.ts";
