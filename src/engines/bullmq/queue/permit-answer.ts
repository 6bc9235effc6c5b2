import type { PermitAnswer } from "./shared-state.ts";

/** What the databases' scripts answer: 0 when a permit was taken, above it when to ask again, below it why not. */
export function permitAnswerOf(answer: unknown): PermitAnswer {
  const waitMs = Number(answer);
  if (waitMs > 0) return { kind: "later", waitMs };
  return { kind: KINDS[String(waitMs)] ?? "full" };
}

const KINDS: Readonly<Record<string, "down" | "full" | "taken">> = { "0": "taken", "-1": "full", "-2": "down" };
