/**
 * Names a durable boundary. Does nothing, unless a test says so in the environment: `HOLDFAST_CRASH_AT=17` kills the
 * process at the 17th point it comes to, `HOLDFAST_FAIL_AT=17` makes that write fail as on a full disk. Call it before a
 * write, and after it with a name that ends in `:done`; only those before a write can fail.
 */
export const crashPoint: (name: string) => void = armed() ?? (() => {});

function armed(): ((name: string) => void) | undefined {
  const crashAt = pointFrom("HOLDFAST_CRASH_AT");
  const failAt = pointFrom("HOLDFAST_FAIL_AT");
  if (crashAt === undefined && failAt === undefined) return undefined;
  let passed = 0;
  return (name) => {
    if (crashAt === undefined && name.endsWith(":done")) return;
    passed += 1;
    if (passed === crashAt) process.kill(process.pid, "SIGKILL");
    if (passed === failAt)
      throw Object.assign(new Error(`ENOSPC: no space left on device, at ${name}`), { code: "ENOSPC" });
  };
}

function pointFrom(variable: string): number | undefined {
  const text = process.env[variable];
  return text === undefined ? undefined : Number(text);
}
