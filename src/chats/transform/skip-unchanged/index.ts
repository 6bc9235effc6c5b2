export { skipUnchanged } from "./skip-unchanged.ts";
