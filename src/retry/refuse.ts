/** Throws the one kind of error that bad options give: which option, what it must be, what came instead. */
export function refuse(name: string, expected: string, got: unknown): never {
  throw new RangeError(`Expected \`${name}\` to be ${expected}, got ${shown(got)}`);
}

/** `value`, when it is a finite number of at least `min`. */
export function atLeast(min: number, name: string, value: number): number {
  return typeof value === "number" && value >= min && value < Infinity
    ? value
    : refuse(name, `a number >= ${min}`, value);
}

/** `value`, when it is a whole number of at least 1. */
export function wholeCount(name: string, value: number): number {
  return Number.isInteger(value) && value >= 1 ? value : refuse(name, "an integer >= 1", value);
}

/** Nothing, when all of `types` can stand right of `instanceof`. */
export function areClasses(name: string, types: readonly unknown[]): void {
  for (const type of types) if (typeof type !== "function") refuse(name, "error classes", type);
}

function shown(value: unknown): string {
  if (typeof value === "function") return `function ${value.name}`;
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}
