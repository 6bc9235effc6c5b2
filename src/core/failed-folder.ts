import { join } from "node:path";
import { writeFileAtomic } from "./atomic-write.ts";
import { StepError } from "./failure.ts";
import { messageOf } from "./error-message.ts";
import { makeFolder } from "./make-folder.ts";
import type { Mask } from "./mask-secrets.ts";
import type { JsonValue } from "./models.ts";
import type { PhaseManager } from "./phase-manager.ts";
import type { FailedAttempt } from "./run-step.ts";

/** All that is kept of a failure, so that a person can look at it and mend it. */
export interface FailureEvidence {
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly step: string;
  readonly kind: string;
  readonly error: unknown;
  /** What the step got; `undefined` when the element could not even be read. */
  readonly input: JsonValue | undefined;
  readonly attempts: readonly FailedAttempt[];
}

/**
 * Writes `<session>/<phase>/failed/<item>/`: `error.json` with the chain of causes and every attempt, the input, and
 * the request and raw answer when the error carries them. Returns the folder. Secrets are masked in all but the input,
 * which is the user's own data as it is.
 */
export async function keepFailure(phases: PhaseManager, evidence: FailureEvidence, mask: Mask): Promise<string> {
  const path = phases.failedFolderOf(evidence.phase, evidence.itemId);
  await makeFolder(path);
  const { error, input } = evidence;
  const write = (name: string, text: string | undefined): Promise<void> | undefined =>
    text === undefined ? undefined : writeFileAtomic(join(path, name), text, { fsync: false });

  await write("input.json", input === undefined ? undefined : toText(input));
  if (error instanceof StepError) {
    await write("request.txt", error.request && mask(error.request));
    await write("answer.txt", error.rawAnswer && mask(error.rawAnswer));
  }
  await write("error.json", toText(describe(evidence, mask)));
  return path;
}

function describe({ phase, itemId, sourcePath, step, kind, error, attempts }: FailureEvidence, mask: Mask): JsonValue {
  return {
    itemId,
    sourcePath,
    phase,
    step,
    kind,
    error: causeChain(error, mask),
    attempts: attempts.map((attempt) => ({
      attempt: attempt.attempt,
      at: new Date(attempt.at).toISOString(),
      kind: attempt.kind,
      message: mask(messageOf(attempt.error)),
    })),
  };
}

/** The error and what caused it, outermost first. */
function causeChain(error: unknown, mask: Mask): readonly JsonValue[] {
  const chain: JsonValue[] = [];
  const seen = new Set<unknown>();
  for (
    let cause = error;
    cause !== undefined && !seen.has(cause);
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    seen.add(cause);
    chain.push(
      cause instanceof Error
        ? {
            name: cause.name,
            message: mask(cause.message),
            stack: cause.stack === undefined ? null : mask(cause.stack),
          }
        : { name: typeof cause, message: mask(messageOf(cause)), stack: null },
    );
  }
  return chain;
}

const toText = (value: JsonValue): string => `${JSON.stringify(value, undefined, 2)}\n`;
