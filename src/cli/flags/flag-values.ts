import { InvalidArgumentError } from "commander";
import type { JsonValue } from "../../core/base/index.ts";

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("Expected a whole number of 1 or more.");
}

export function wholeNumberOrZero(text: string): number {
  if (text === "0") return 0;
  if (/^\d+$/.test(text)) return wholeNumber(text);
  throw new InvalidArgumentError("Expected a whole number of 0 or more.");
}

export function seconds(text: string): number {
  if (isNumber(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number of seconds, 0 or more.");
}

export function amount(text: string): number {
  if (isNumber(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("Expected an amount above 0.");
}

/** A number of 0 or more. */
export function zeroOrMore(text: string): number {
  if (isNumber(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number of 0 or more.");
}

/** `key=value`, given as often as there are options: the value is JSON where it can be read so, and else a text. */
export function keyAndValue(
  text: string,
  earlier: Readonly<Record<string, JsonValue>> = {},
): Readonly<Record<string, JsonValue>> {
  const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError("Expected a name and a value, as in reasoning_effort=low.");
  }
  return { ...earlier, [key]: jsonOrText(value) };
}

function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** `5` or `5%`. */
export function countOrShare(text: string): number | `${number}%` {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (share === undefined) return wholeNumber(text);
  if (Number(share) > 0 && Number(share) <= 100) return `${Number(share)}%`;
  throw new InvalidArgumentError("Expected a share above 0% and up to 100%.");
}

/** `0.15,0.6`: what a million tokens cost, read and written. */
export function price(text: string): readonly [input: number, output: number] {
  const [input, output, ...rest] = text.split(",");
  if (input !== undefined && output !== undefined && rest.length === 0 && isNumber(input) && isNumber(output)) {
    return [Number(input), Number(output)];
  }
  throw new InvalidArgumentError("Expected two prices of 0 or more, as in 0.15,0.6.");
}

const isNumber = (text: string): boolean => /^\d+(\.\d+)?$/.test(text) && Number.isFinite(Number(text));
