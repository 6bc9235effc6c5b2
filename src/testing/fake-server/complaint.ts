import type { z } from "zod";

/** What is wrong with one place of a request. */
export interface Complaint {
  readonly about: "missing" | "unknown" | "type" | "value" | "small" | "large";
  readonly path: readonly (string | number)[];
  /** The type or the values that may stand there, or the bound that was passed. */
  readonly expected: readonly string[];
  readonly input: unknown;
}

/** What is wrong with a request, by its schema: one complaint a place, in the order of the schema. */
export function complaintsOf(schema: z.ZodType, input: unknown): readonly Complaint[] {
  const { error } = schema.safeParse(input);
  return error ? error.issues.flatMap((issue) => complaintsAbout(issue, input, [])) : [];
}

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

function complaintsAbout(issue: Issue, root: unknown, before: Path): readonly Complaint[] {
  const path: Path = [...before, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  const input = valueAt(root, path);
  const complaint = (about: Complaint["about"], expected: readonly string[] = []): readonly Complaint[] => [
    { about, path, expected, input },
  ];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ about: "unknown", path: [...path, key], expected: [], input: undefined }));
  }
  if (issue.code === "invalid_type") return complaint(input === undefined ? "missing" : "type", [issue.expected]);
  if (issue.code === "invalid_value") {
    return complaint(input === undefined ? "missing" : "value", issue.values.map(String));
  }
  if (issue.code === "too_small") return complaint("small", [String(issue.minimum)]);
  if (issue.code === "too_big") return complaint("large", [String(issue.maximum)]);
  if (issue.code === "invalid_union") {
    // The branch that the input went furthest into is the one that was meant.
    const branches = issue.errors.map((issues) => issues.flatMap((inner) => complaintsAbout(inner, root, path)));
    const depth = (branch: readonly Complaint[]): number => Math.max(...branch.map((one) => one.path.length));
    const meant = branches.filter(({ length }) => length > 0).toSorted((a, b) => depth(b) - depth(a))[0];
    return meant ?? complaint(input === undefined ? "missing" : "value");
  }
  return complaint("value");
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    root,
  );
