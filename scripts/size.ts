// Weighs the built retry entry as a bundler takes it, and fails when an import has grown over its limit.
import { bundledSize } from "./bundled-size.ts";

/** What is imported, and the most that it may weigh, minified and compressed. */
const LIMITS: readonly { readonly code: string; readonly maxBytes: number }[] = [
  { code: `export * from "./dist/retry/index.js";`, maxBytes: 6000 },
  { code: `export { withRetry } from "./dist/retry/index.js";`, maxBytes: 4500 },
  { code: `export { retryCall } from "./dist/retry/index.js";`, maxBytes: 4500 },
  { code: `export { Retrying } from "./dist/retry/index.js";`, maxBytes: 3500 },
  { code: `export { waitRandomExponential } from "./dist/retry/index.js";`, maxBytes: 500 },
];

for (const { code, maxBytes } of LIMITS) {
  const { minBytes, brotliBytes } = await bundledSize(code, ".");
  const isOver = brotliBytes > maxBytes;
  const line = `${brotliBytes} B of ${maxBytes} B (${minBytes} B before compression)  ${code}`;
  if (isOver) process.exitCode = 1;
  console.log(isOver ? `TOO LARGE  ${line}` : `ok  ${line}`);
}
