import { Scalar, stringify, type SchemaOptions, type ToStringOptions } from "yaml";

export type YamlValue = string | number | boolean | readonly string[];

/** Each value on one line and as it is: nothing folded, nothing escaped that people can read. */
const ONE_LINE = { lineWidth: 0, blockQuote: false, doubleQuotedAsJSON: true } as const;
/** Quotes what readers of the older YAML would take for a date, a number or a yes. */
const SAFE_FOR_ALL = { ...ONE_LINE, compat: "yaml-1.1" } as const;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
/** Allowed in YAML only as escapes, which the library leaves out. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

export interface YamlLinesOptions {
  /** Leaves an ISO date bare, so that Obsidian offers it as one. @default false */
  readonly isDate?: boolean;
}

/**
 * `key: value` as front matter has it, with its line break; a list has a line an entry. Half characters, which no file
 * can hold, become U+FFFD; every other value reads back as it was.
 */
export function yamlLines(key: string, value: YamlValue, { isDate = false }: YamlLinesOptions = {}): string {
  if (typeof value === "number" || typeof value === "boolean") return stringify({ [key]: value });
  if (typeof value === "object") return write({ [key]: value.map(scalar) }, SAFE_FOR_ALL);
  return write({ [key]: scalar(value) }, isDate && ISO_DATE.test(value) ? ONE_LINE : SAFE_FOR_ALL);
}

function scalar(value: string): Scalar<string> {
  const node = new Scalar(value.toWellFormed());
  if (value.search(UNPRINTABLE) !== -1) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

const write = (pair: object, options: ToStringOptions & SchemaOptions): string =>
  stringify(pair, options).replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
