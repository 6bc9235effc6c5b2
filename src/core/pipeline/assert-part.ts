import { HoldfastError } from "../failure/index.ts";

/** A part of a phase that users write themselves, from JavaScript too, where no compiler looks at it. */
export type PhasePart = "sink" | "source" | "step";

interface Expected {
  readonly methods: readonly string[];
  /** An example of a whole one. */
  readonly example: string;
}

const EXPECTED: Readonly<Record<PhasePart, Expected>> = {
  source: {
    methods: ["check", "read"],
    example: '{ name: "read-docs", version: 1, check: async () => [], async *read() { ... } }',
  },
  step: { methods: ["process"], example: 'defineStep({ name: "shorten", process: (doc) => ... })' },
  sink: {
    methods: ["check", "load"],
    example: '{ name: "write-docs", version: 1, check: async () => {}, load: async (doc) => ({ outputPath: "..." }) }',
  },
};

/** Throws a `HoldfastError` that says what the part lacks: where it was given, what was expected and what is there. */
export function assertPart(what: PhasePart, part: unknown, phase: string): void {
  const { methods, example } = EXPECTED[what];
  const fail = (problem: string): never => {
    throw new HoldfastError("pipeline_invalid", problem, { hint: `A ${what} is an object such as ${example}.` });
  };
  if (typeof part !== "object" || part === null)
    fail(`Expected an object as the ${what} of phase "${phase}", got ${kindOf(part)}.`);
  const fields = part as Readonly<Record<string, unknown>>;
  const { name } = fields;
  const called = typeof name === "string" && name !== "" ? `The ${what} "${name}"` : `A ${what}`;
  if (typeof name !== "string" || name === "")
    fail(`A ${what} of phase "${phase}" has no name: expected \`name\` to be a string, got ${kindOf(name)}.`);
  for (const method of methods) {
    if (typeof fields[method] === "function") continue;
    fail(`${called} of phase "${phase}" has no \`${method}\`: expected a function, got ${kindOf(fields[method])}.`);
  }
}

function kindOf(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "a list" : "an object";
    case "string":
      return value === "" ? "an empty text" : JSON.stringify(value);
    case "number":
    case "boolean":
    case "bigint":
    case "symbol":
      return String(value);
  }
}
