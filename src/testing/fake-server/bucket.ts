/** A limit in a minute that fills up again as time goes by, as those of providers do. */
export interface Bucket {
  readonly limit: number;
  /** What is left now. */
  left(): number;
  take(amount: number): void;
  /** Milliseconds until so much is left. */
  msUntil(amount: number): number;
}

export function createBucket(perMinute: number): Bucket {
  let level = perMinute;
  let at = Date.now();
  const left = (): number => {
    const now = Date.now();
    level = Math.min(perMinute, level + ((now - at) / 60_000) * perMinute);
    at = now;
    return level;
  };
  return {
    limit: perMinute,
    left,
    take(amount) {
      level = left() - amount;
    },
    msUntil: (amount) => Math.max(0, ((Math.min(amount, perMinute) - left()) / perMinute) * 60_000),
  };
}
