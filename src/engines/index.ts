export { localEngine } from "./local.ts";
