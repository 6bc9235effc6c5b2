import { writeSync } from "node:fs";

/**
 * Names a durable boundary. Does nothing, unless a test says so in the environment: `HOLDFAST_CRASH_AT=17` kills the
 * process at the 17th point it comes to, `HOLDFAST_FAIL_AT=17` makes that write fail as on a full disk, and
 * `HOLDFAST_FAIL_FROM=17` that one and all after it. Either says so on stderr. Call it before a write, and after it with
 * a name that ends in `:done`; only those before a write can fail.
 */
export const crashPoint: (name: string) => void = armed() ?? (() => {});

function armed(): ((name: string) => void) | undefined {
  const crashAt = pointFrom("HOLDFAST_CRASH_AT");
  const failAt = pointFrom("HOLDFAST_FAIL_AT");
  const failFrom = pointFrom("HOLDFAST_FAIL_FROM");
  if ([crashAt, failAt, failFrom].every((point) => point === undefined)) return undefined;
  let passed = 0;
  return (name) => {
    if (crashAt === undefined && name.endsWith(":done")) return;
    passed += 1;
    const tell = (): number => writeSync(process.stderr.fd, `[crash point ${passed}: ${name}]\n`);
    if (passed === crashAt) {
      tell();
      process.kill(process.pid, "SIGKILL");
    }
    if (passed === failAt || (failFrom !== undefined && passed >= failFrom)) {
      tell();
      throw diskFull(name);
    }
  };
}

/** What Node says of a file, and what SQLite says of a database. */
function diskFull(name: string): Error {
  const error = new Error(`ENOSPC: no space left on device, at ${name}`);
  return Object.assign(error, { code: "ENOSPC", errcode: SQLITE_FULL });
}

const SQLITE_FULL = 13;

function pointFrom(variable: string): number | undefined {
  const text = process.env[variable];
  return text === undefined ? undefined : Number(text);
}
