import { InvalidArgumentError } from "commander";

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
