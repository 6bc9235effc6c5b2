import { join } from "node:path";
import { measureIn } from "../child.ts";
import { inFolder } from "../in-folder.ts";
import { spreadOf, type Spread } from "../spread.ts";

/** How soon a resumed session does something. */
export interface ResumeTime {
  readonly done: number;
  readonly pending: number;
  /** From the call of `resumeSession` to the first step of a pending item. */
  readonly firstStepMs: Spread;
  /** The same from the start of the process: Node, our modules and the pipeline included. */
  readonly fromProcessStartMs: Spread;
}

interface Left {
  readonly id: string;
  readonly done: number;
  readonly pending: number;
}

/** Runs a session whose every `(done / pending + 1)`th item stays pending, then goes on with it again and again. */
export async function resume(options: {
  readonly done: number;
  readonly pending: number;
  readonly rounds: number;
}): Promise<ResumeTime> {
  return inFolder(async (folder) => {
    const workspace = join(folder, ".holdfast");
    const shape = [workspace, options.done, options.pending];
    const left = await measureIn<Left>({ file: "leave-pending.ts", args: shape });
    const firstSteps: number[] = [];
    const starts: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const { firstStepMs, fromProcessStartMs } = await measureIn<{ firstStepMs: number; fromProcessStartMs: number }>({
        file: "resume.ts",
        args: [...shape, left.id],
      });
      firstSteps.push(firstStepMs);
      starts.push(fromProcessStartMs);
    }
    const { done, pending } = left;
    return { done, pending, firstStepMs: spreadOf(firstSteps), fromProcessStartMs: spreadOf(starts) };
  });
}
