/** What prints warnings. */
type Warner = Pick<NodeJS.Process, "emitWarning">;

/**
 * Hides a warning of this process that begins with `start`, until it is disposed of. All other warnings are printed.
 * Holdfast hides Node's warnings about features that Holdfast uses: its user did not choose them.
 */
export function hideWarning(start: string, warner: Warner = process): Disposable {
  const emit = warner.emitWarning;
  let hiding = true;
  const others = new Proxy(emit, {
    apply: (_, self, given: readonly unknown[]) => {
      const [warning] = given;
      const message = warning instanceof Error ? warning.message : String(warning);
      if (!hiding || !message.startsWith(start)) Reflect.apply(emit, self, given);
    },
  });
  warner.emitWarning = others;
  return {
    [Symbol.dispose]() {
      hiding = false;
      // Other code may have replaced the function meanwhile, and then it stays.
      if (warner.emitWarning === others) warner.emitWarning = emit;
    },
  };
}
