// A process that runs the modules named on its command line, one after the other, each in the folder that it stands in,
// and sends what each has printed.
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

/** How one module went. */
export interface Ran {
  readonly file: string;
  readonly printed: readonly string[];
  readonly problem: string | undefined;
}

let printed: string[] = [];
const print = (...values: readonly unknown[]): void => void printed.push(...format(...values).split("\n"));
Object.assign(console, { log: print, info: print, warn: print, error: print, debug: print });

for (const file of process.argv.slice(2)) {
  printed = [];
  process.chdir(dirname(file));
  const problem = await import(pathToFileURL(file).href).then(
    () => undefined,
    (error: unknown) => String(error instanceof Error ? error.stack : error),
  );
  const ran: Ran = { file, printed, problem };
  process.send?.(ran);
}
process.disconnect();
