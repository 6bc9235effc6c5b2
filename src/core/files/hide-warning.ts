/** What prints warnings. */
type Warner = Pick<NodeJS.Process, "emitWarning">;

/**
 * Hides a warning of this process that begins with `start`, until it is disposed of. All other warnings are printed.
 * Holdfast hides what a Node version says of a feature that Holdfast uses: its user chose Holdfast and not the feature.
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
      // Somebody else may have put something in front of it meanwhile, which then stays.
      if (warner.emitWarning === others) warner.emitWarning = emit;
    },
  };
}
