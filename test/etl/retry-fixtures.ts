/** A config that retries at once, so that no test waits. */
export const WITHOUT_WAIT = { minWaitSeconds: 0, maxWaitSeconds: 0 } as const;

/** A function that raises the given errors one after another, then returns "ok"; it counts its calls. */
export function failingWith(...errors: readonly unknown[]): { (): Promise<string>; calls: number } {
  const fn = async (): Promise<string> => {
    fn.calls += 1;
    if (fn.calls <= errors.length) throw errors[fn.calls - 1];
    return "ok";
  };
  fn.calls = 0;
  return fn;
}

/** A logger that keeps what it is told. */
export class MemoryLogger {
  readonly lines: string[] = [];

  debug(message: string): void {
    this.lines.push(`debug: ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info: ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error: ${message}`);
  }
}
