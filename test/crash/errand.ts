import { rmSync } from "node:fs";
import { join } from "node:path";
import { readCached } from "./answers-kept.ts";
import { linesOf, newCrashProject } from "./documents.ts";

/** What a journey runs, and how the calls are known that it pays for. */
export interface Errand {
  /** A folder of its own. */
  readonly cwd: string;
  /** The command that begins it. */
  readonly begin: readonly string[];
  readonly phase: string;
  /** The steps that make calls. */
  readonly paidSteps: ReadonlySet<unknown>;
  /** What is another text in each errand of the kind, as an address is. */
  readonly own: readonly string[];
  /** What the paid steps asked, once a call. */
  callsMade(): readonly string[];
  /** Calls of which no answer was kept when the process died: these, and no others, may be made again. */
  callsInFlight(): ReadonlySet<string>;
  /** Leaves nothing behind. */
  remove(): void;
}

export interface PipelineErrandOptions {
  /** Lines of the source. @default one of each kind that a run can meet */
  readonly documents?: readonly string[] | undefined;
  /** @default 3 */
  readonly window?: number;
}

/** The pipeline in `fixtures/pipeline.ts`. */
export function pipelineErrand({ documents, window = 3 }: PipelineErrandOptions = {}): Errand {
  const cwd = newCrashProject(documents);
  const callsMade = (): readonly string[] => linesOf(join(cwd, "calls.log"));
  return {
    cwd,
    begin: ["run", "pipeline.ts", "--window", String(window)],
    phase: "notes",
    paidSteps: new Set(["outline", "write"]),
    own: [],
    callsMade,
    callsInFlight() {
      const kept = new Set(readCached(cwd).flatMap((output) => /"([^"]*), answered"/.exec(output)?.[1] ?? []));
      return new Set(callsMade().filter((call) => !kept.has(call)));
    },
    remove: () => rmSync(cwd, { recursive: true, force: true }),
  };
}
