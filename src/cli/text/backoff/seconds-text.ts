/** `0.5 s`, `48.9 s`, `1,234 s`: three digits are enough for people. */
export function secondsText(ms: number): string {
  return `${numberText(ms / 1000)} s`;
}

/** The same digits without a unit. */
export function numberText(value: number): string {
  const rounded = value < 100 ? Number(value.toPrecision(3)) : Math.round(value);
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 20 });
}

/** Seconds for a program: to the microsecond, so that no digits are noise. */
export function secondsNumber(ms: number): number {
  return Math.round(ms * 1000) / 1e6;
}
