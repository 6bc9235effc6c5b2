import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import type { SharedState } from "./shared-state.ts";

/** A participant of a pipeline: the owner of a session, or a worker. */
export interface Participant {
  readonly role: "owner" | "worker";
  readonly pipeline: string;
  /** Of the pipeline's steps and the model: owner and workers must have the same. */
  readonly version: string;
  readonly modelId: string;
  /** Unique: the session's identity, or one of the worker's own. */
  readonly id: string;
  /** For people: the readable id of an owner's session. */
  readonly session?: string | undefined;
  /** An owner that only removes what the queue has of its session: workers begin nothing for it. */
  readonly isRemoving?: boolean | undefined;
}

/** Longer than any name is, and short enough for a line. */
const name = z.string().max(1_000);
const participant = z.object({
  role: z.enum(["owner", "worker"]),
  pipeline: name,
  version: name,
  modelId: name,
  id: name,
  session: name.optional(),
  isRemoving: z.boolean().optional(),
  host: name,
  pid: z.int().nonnegative(),
  pids: name.optional(),
  token: name.optional(),
});

/** A participant, and where it is. */
export interface PresentParticipant extends Participant {
  readonly host: string;
  readonly pid: number;
  /** Which processes its pid is one of: containers of one host have their own. Unknown where there are no containers. */
  readonly pids?: string | undefined;
  /** Of an owner's claim: two processes may have one host's name and one pid, as in containers. */
  readonly token?: string | undefined;
}

export const HEARTBEAT_MS = 3_000;
/** A participant without a heartbeat for this long is gone. */
export const GONE_AFTER_MS = 10_000;

export const presenceKey = ({ role, pipeline, id }: Participant): string => `${role}:${pipeline}:${id}`;

/** What is published of a participant in this process. */
export const presenceRecord = (self: Participant, { token }: Pick<PresentParticipant, "token"> = {}): string =>
  JSON.stringify({ ...self, ...thisProcess(), token } satisfies PresentParticipant);

/** Where this process is. */
export function thisProcess(): Pick<PresentParticipant, "host" | "pid" | "pids"> {
  let pids: string | undefined;
  try {
    pids = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Not on Linux.
  }
  return { host: hostname(), pid: process.pid, pids };
}

/** Publishes a heartbeat every few seconds, until it is disposed of. */
export function announce(self: Participant, state: SharedState): AsyncDisposable {
  const key = presenceKey(self);
  const value = presenceRecord(self);
  const publish = (): Promise<void> => state.put(key, value, { ttlMs: GONE_AFTER_MS }).catch(() => {});
  let publishing = publish();
  const timer = setInterval(() => {
    publishing = publish();
  }, HEARTBEAT_MS);
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(timer);
      await publishing;
      await state.remove([key]).catch(() => {});
    },
  };
}

/** The participants of a pipeline that are present. Who only removes a session is none. */
export async function listPresent(
  role: Participant["role"],
  pipeline: string,
  state: SharedState,
): Promise<readonly PresentParticipant[]> {
  const values = await state.list(`${role}:${pipeline}:`);
  return values.flatMap((value) => readParticipant(value) ?? []).filter(({ isRemoving = false }) => !isRemoving);
}

/** Anyone may write there: what is no participant is nobody. */
export function readParticipant(value: string): PresentParticipant | undefined {
  try {
    return participant.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
