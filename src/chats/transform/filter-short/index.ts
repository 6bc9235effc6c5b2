export { filterShort } from "./filter-short.ts";
