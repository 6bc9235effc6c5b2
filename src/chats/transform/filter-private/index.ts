export { filterPrivate } from "./filter-private.ts";
