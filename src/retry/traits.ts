const timeless: WeakSet<object> = /* @__PURE__ */ new WeakSet();

/** Marks a strategy that never reads the clock fields of the state: a policy of such strategies reads no clock. */
export function timelessly<S extends object>(strategy: S): S {
  timeless.add(strategy);
  return strategy;
}

/** True for a strategy that was marked. */
export function isTimeless(strategy: object): boolean {
  return timeless.has(strategy);
}
