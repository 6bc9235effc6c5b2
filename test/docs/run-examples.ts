// A process that runs the modules whose paths it is sent, one after the other, each in the folder that it stands in,
// and sends back what each has printed.
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** How one module went. */
export interface Ran {
  readonly file: string;
  /** What it wrote on stdout and on stderr, in the order in which it did. */
  readonly printed: string;
  /** What of it was on stderr. */
  readonly complained: string;
  readonly problem: string | undefined;
}

let printed = "";
let complained = "";
process.stdout.write = (chunk) => {
  printed += String(chunk);
  return true;
};
process.stderr.write = (chunk) => {
  printed += String(chunk);
  complained += String(chunk);
  return true;
};

let runs = 0;

async function run(file: string): Promise<void> {
  printed = complained = "";
  process.exitCode = undefined;
  process.chdir(dirname(file));
  runs += 1;
  // A file that was written again is another module.
  const problem = await import(`${pathToFileURL(file).href}?${runs}`).then(
    () => (process.exitCode ? `It ends with ${process.exitCode}.` : undefined),
    (error: unknown) => String(error instanceof Error ? error.stack : error),
  );
  process.send?.({ file, printed, complained, problem } satisfies Ran);
}

process.on("message", (file: string) => void run(file));
