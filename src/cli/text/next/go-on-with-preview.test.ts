import { expect, it } from "vitest";
import type { StopCause } from "../../../core/runner/index.ts";
import { assertPasteable } from "./fixtures/pasted.ts";
import { goOnWithPreview } from "./go-on-with-preview.ts";

const sessionId = "20260119_143052";
const limit = (hint: Extract<StopCause, { readonly kind: "limit" }>["hint"]): StopCause =>
  ({ kind: "limit", limit: "maxCost", message: "m", hint }) as const;

it.each<[flags: readonly string[], cause: StopCause, now: string]>([
  [["--max-cost", "2"], limit({ kind: "raise_limit", limit: "maxCost", to: 5, sessionId }), "--max-cost 5"],
  [[], limit({ kind: "raise_limit", limit: "failOnError", to: "8%", sessionId }), "--fail-on-error 8%"],
  [["--max-time=1h"], limit({ kind: "more_time", limit: "maxTime", to: "1h", sessionId }), "--max-time=1h"],
  [["--until", "06:00"], limit({ kind: "more_time", limit: "until", to: "06:00", sessionId }), "--until 06:00"],
  [["--until", "2026-12-01T06:00"], limit({ kind: "more_time", limit: "until", to: "", sessionId }), ""],
  [["--no-cache", "--copy"], { kind: "user", message: "stopped by Ctrl-C" }, "--copy"],
  [["--workspace", "my runs"], { kind: "unusable", failure: "outage", message: "m" }, "--workspace 'my runs'"],
])("a preview with %j goes on after %o with %s", async (flags, cause, now) => {
  const command = goOnWithPreview(["node", "holdfast", "organize", "notes", "--vault", "v", ...flags], cause);
  expect(command).toBe(`holdfast organize notes --vault v ${now}`.trim());
  await assertPasteable(command);
});
