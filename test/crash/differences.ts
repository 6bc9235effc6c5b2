/** Where two values of JSON are not the same: `report.steps.2.processed: 4, not 3`. */
export function differences(expected: unknown, got: unknown, path = ""): readonly string[] {
  if (!isTree(expected) || !isTree(got)) {
    return Object.is(expected, got) ? [] : [`${path}: ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(got)]);
  return [...keys].flatMap((key) => differences(expected[key], got[key], path === "" ? key : `${path}.${key}`));
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;
