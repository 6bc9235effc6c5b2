// Tries every fact in the runtime that runs this file: `<runtime> tell.js <refusedUrl> <brokenUrl>`.
import process from "node:process";
import { tryAll } from "./facts.js";

const [refusedUrl, brokenUrl] = process.argv.slice(2);
const lines = await tryAll({ refusedUrl, brokenUrl });
for (const { name, error } of lines) console.log(error === undefined ? `  ok    ${name}` : `  FAILS ${name}\n${error}`);
process.exitCode = lines.every(({ error }) => error === undefined) ? 0 : 1;
