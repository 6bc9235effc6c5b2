export { skipUnchanged, type SkipUnchangedOptions } from "./skip-unchanged.ts";
