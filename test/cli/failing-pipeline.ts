import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { holdfast, newProject, sessionIdIn, type Finished } from "./holdfast.ts";

/** A secret that the failing step puts into everything it throws. */
export const SECRET = "kelp-holds-the-rock-2026";

/** Id by id what becomes of each document: its first part is the failure's kind, or `ok`. */
const IDS = ["ok-1", "ok-2", "transient-1", "transient-2", "transient-3", "answer-1", "input-1"];

const PIPELINE = `import { existsSync } from "node:fs";
import { definePipeline, defineStep, StepError, type FailureKind } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";

interface Doc { readonly id: string }

const judge = defineStep({
  name: "judge",
  retry: { maxAttempts: 2, minWaitSeconds: 0, maxWaitSeconds: 0.01 },
  process: (doc: Doc) => {
    const [kind = ""] = doc.id.split("-");
    if (existsSync("die")) process.kill(process.pid, "SIGKILL");
    if (kind === "ok" || existsSync("fixed-" + kind)) return doc;
    throw new StepError(kind as FailureKind, 'Doc "' + doc.id + '" was refused with ' + process.env.MODEL_API_KEY, {
      request: "authorization: Bearer abc.def.ghi\\n\\n" + doc.id,
      rawAnswer: "no, not with " + process.env.MODEL_API_KEY,
      cause: new Error("the API said " + process.env.MODEL_API_KEY),
    });
  },
});

export default definePipeline("failing").phase("work", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl"))
    .step("look", (doc) => doc as Doc)
    .transform(judge)
    .load(writeMarkdown("notes", (doc) => ({ title: doc.id, body: "" }))),
);
`;

export interface FailedRun {
  readonly cwd: string;
  readonly id: string;
  readonly ran: Finished;
  /** Runs a command in the project, with the secret in the environment. */
  readonly run: (...args: readonly string[]) => Promise<Finished>;
  /** From now on no document fails in this way. */
  readonly mend: (kind: string) => void;
}

/** A session with documents that failed in several ways, and one line that could not be read. */
export async function failedRun(): Promise<FailedRun> {
  const cwd = newProject();
  writeFileSync(join(cwd, "docs.jsonl"), `${IDS.map((id) => JSON.stringify({ id })).join("\n")}\nnot json\n`);
  writeFileSync(join(cwd, "failing.ts"), PIPELINE);
  const run = (...args: readonly string[]): Promise<Finished> =>
    holdfast(args, { cwd, env: { MODEL_API_KEY: SECRET } });
  const ran = await run("run", "failing.ts");
  return { cwd, id: sessionIdIn(ran), ran, run, mend: (kind) => writeFileSync(join(cwd, `fixed-${kind}`), "") };
}
