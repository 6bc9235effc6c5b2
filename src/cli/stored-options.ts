import { z } from "zod";
import { HoldfastError, type JsonValue, type Session } from "../index.ts";
import { KEPT_FLAGS, type KeptFlags, type RunFlags } from "./run-flags.ts";

const count = z.number().int().positive().optional();

/** What a session keeps of the command line that began it. */
const StoredOptions = z.object({
  /** Relative paths in the pipeline were meant from here. */
  cwd: z.string(),
  flags: z.object({
    llm: z.string().optional(),
    ollamaUrl: z.string().optional(),
    numCtx: count,
    concurrency: count,
    window: count,
    maxAttempts: count,
  }),
  /** Only for `holdfast import`. */
  import: z.object({ export: z.string(), out: z.string(), minMessages: z.number().int().nonnegative() }).optional(),
});
export type StoredOptions = z.infer<typeof StoredOptions>;

/** What to keep in a new session. */
export function storeOptions(flags: RunFlags, importing?: StoredOptions["import"]): JsonValue {
  const kept = Object.fromEntries(
    KEPT_FLAGS.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
  return { cwd: process.cwd(), flags: kept, ...(importing && { import: importing }) };
}

/** Reads what a session keeps; a session that a library began has nothing for the command line to go on with. */
export function readStoredOptions(session: Session): StoredOptions {
  const parsed = StoredOptions.safeParse(session.options);
  if (parsed.success) return parsed.data;
  throw new HoldfastError("usage", `Session ${session.id} was not begun by the command line.`, {
    hint: "Resume it from the program that began it, with resumeSession(id, pipeline).",
  });
}

/** What was given now, over what the session began with. */
export function mergeFlags(stored: StoredOptions, given: RunFlags): RunFlags {
  const flags = stored.flags as KeptFlags;
  return { ...flags, ...given };
}
