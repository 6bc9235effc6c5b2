import { withoutCall, type RunControl, type StepRun, type StepRunner } from "../../../core/runner/index.ts";
import { sleep } from "../../../retry/index.ts";
import type { Claim } from "./claim-session.ts";

/** How long to wait before a database that did not answer is asked again. */
const ASK_AGAIN_MS = 500;

const RELEASED: StepRun = withoutCall({ kind: "released" });

/**
 * Steps that an owner does itself. One that stood still hears of its results before it hears that its session is another
 * one's by now, which does these steps too: so it begins none until it knows. While its claim is renewed in time, that
 * asks nobody.
 */
export function stepsWhileClaimed(
  claim: Pick<Claim, "isFresh" | "isStillHeld">,
  { drain }: Pick<RunControl, "drain">,
): (run: StepRunner) => StepRunner {
  async function isHeld(): Promise<boolean> {
    for (;;) {
      try {
        return await claim.isStillHeld();
      } catch {
        await sleep(ASK_AGAIN_MS, drain);
      }
    }
  }
  /** A run that is to end waits for no database. */
  const drained = new Promise<false>((resolve) => {
    drain.addEventListener("abort", () => resolve(false), { once: true });
  });
  return (run) => async (content, item) => {
    if (claim.isFresh()) return run(content, item);
    return (await Promise.race([isHeld().catch(() => false), drained])) ? run(content, item) : RELEASED;
  };
}
