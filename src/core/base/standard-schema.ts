import type { StandardSchemaV1 } from "@standard-schema/spec";

/**
 * Standard Schema v1 (https://standardschema.dev): zod, valibot, arktype and others implement it, so any of them can
 * describe what a step takes or puts out.
 */
export type StandardSchema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/** Issues in one line, each with the field it is about: `text: expected string, got number`. */
export function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  return issues
    .map(({ message, path }) => (path?.length ? `${path.map(keyOf).join(".")}: ${message}` : message))
    .join("; ");
}

const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof part === "object" ? part.key : part);
