// Weighs the built retry entry as a bundler takes it, and fails when an import has grown over its limit.
import { bundledSize } from "./bundled-size.ts";

/** What is aimed at for the whole entry. */
const GOAL_BYTES = 6000;

/**
 * The most that an import may weigh, minified and compressed: what was reached, so that growth is a decision. The first
 * is still above its goal; a limit goes down when something was made smaller, and up for nothing but a feature.
 */
const MAX_BYTES: Readonly<Record<string, number>> = {
  "*": 7855,
  "{ withRetry }": 5500,
  "{ retryCall }": 5450,
  "{ Retrying }": 4650,
  "{ retryIfHttpTransient }": 1150,
  "{ sleep }": 800,
  "{ waitRandomExponential }": 650,
};

for (const [names, maxBytes] of Object.entries(MAX_BYTES)) {
  const { minBytes, brotliBytes } = await bundledSize(`export ${names} from "./dist/retry/index.js";`, ".");
  const isOver = brotliBytes > maxBytes;
  if (isOver) process.exitCode = 1;
  console.log(`${isOver ? "TOO LARGE" : "ok"}  ${names}: ${brotliBytes} B of ${maxBytes} B, minified ${minBytes} B`);
}
console.log(`The goal for everything is ${GOAL_BYTES} B.`);
