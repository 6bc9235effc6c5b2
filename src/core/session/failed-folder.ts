import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { removeStaleTemps, writeFileAtomic, makeFolder, type JsonField, parseJsonFile } from "../files/index.ts";
import { StepError, messageOf, type FailedAttempt, type Mask } from "../failure/index.ts";
import { type JsonValue } from "../base/index.ts";
import type { PhaseManager } from "./phase-manager.ts";

/** All that is kept of a failure, so that a person can inspect and fix it. */
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

/** The files of a failure's folder. */
const FILES = { error: "error.json", input: "input.json", request: "request.txt", answer: "answer.txt" } as const;

/**
 * Writes `<session>/<phase>/failed/<item>/`: `error.json` with the chain of causes and every attempt, the input, and
 * the request and raw answer when the error carries them. Returns the folder. Secrets are masked in all but the input,
 * which is the user's own data as it is.
 */
export async function keepFailure(phases: PhaseManager, evidence: FailureEvidence, mask: Mask): Promise<string> {
  const path = phases.failedFolderOf(evidence.phase, evidence.itemId);
  await makeFolder(path);
  await removeStaleTemps(path);
  const { error, input } = evidence;
  // A retried item fails again into the same folder: what the new failure does not have is the old one's.
  const write = (name: string, text: string | undefined): Promise<void> =>
    text === undefined
      ? rm(join(path, name), { force: true })
      : writeFileAtomic(join(path, name), text, { fsync: false, what: `failed-${name}` });

  await write(FILES.input, input === undefined ? undefined : toText(input));
  const { request, rawAnswer } = error instanceof StepError ? error : {};
  await write(FILES.request, request === undefined ? undefined : mask(request));
  await write(FILES.answer, rawAnswer === undefined ? undefined : mask(rawAnswer));
  await write(FILES.error, toText(describe(evidence, mask)));
  return path;
}

/** What is kept of a failure, as `keepFailure` wrote it. */
export interface FailureFiles {
  /** The error and what caused it, outermost first. */
  readonly causes: readonly { readonly name: string; readonly message: string; readonly stack: string | null }[];
  readonly attempts: readonly {
    readonly attempt: number;
    /** When it failed; ISO 8601. */
    readonly at: string;
    readonly kind: string;
    readonly message: string;
  }[];
  /** Paths of the files there are. */
  readonly files: Readonly<Partial<Record<"answer" | "error" | "input" | "request", string>>>;
}

/** Reads a failure's folder. Missing or unreadable files are left out: the folder is for people, who may tidy it. */
export async function readFailure(folder: string): Promise<FailureFiles> {
  const there = new Set(await readdir(folder).catch(() => []));
  const files = Object.fromEntries(
    Object.entries(FILES).flatMap(([what, name]) => (there.has(name) ? [[what, join(folder, name)]] : [])),
  );
  const file = join(folder, FILES.error);
  try {
    const root = parseJsonFile(await readFile(file, "utf8"), file);
    return {
      causes: root.field("error").elements().map(readCause),
      attempts: root.field("attempts").elements().map(readAttempt),
      files,
    };
  } catch {
    return { causes: [], attempts: [], files };
  }
}

const readCause = (field: JsonField): FailureFiles["causes"][number] => ({
  name: field.field("name").text(),
  message: field.field("message").text(),
  stack: field.field("stack").orNull((stack) => stack.text()),
});

const readAttempt = (field: JsonField): FailureFiles["attempts"][number] => ({
  attempt: field.field("attempt").count(),
  at: field.field("at").time(),
  kind: field.field("kind").text(),
  message: field.field("message").text(),
});

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

/** A value that has no text, since it is nested too deeply or too large, is no reason to end a run. */
function toText(value: JsonValue): string {
  try {
    return `${JSON.stringify(value, undefined, 2)}\n`;
  } catch (error) {
    return `${JSON.stringify(`It could not be written: ${messageOf(error)}.`)}\n`;
  }
}
