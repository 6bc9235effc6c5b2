import { mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fsyncFolder, writeFileAtomic, crashPoint, makeFolder, type CrashPointOptions } from "../files/index.ts";
import { type Clock, systemClock } from "../base/index.ts";
import { messageOf, HoldfastError, errnoOf, writeFailed } from "../failure/index.ts";
import { type CreateSessionOptions, createSession, parseSession, serializeSession, type Session } from "./session.ts";
import { compareSessionIds, generateSessionId, isSessionId, validateSessionId } from "./session-id.ts";

const SESSION_FILE = "session.json";

/** The options of {@link SessionManager.create}; it sets the id and the time itself. */
export type NewSession = Omit<CreateSessionOptions, "id" | "now">;

/** A line of {@link SessionManager.list}: a session, or why it could not be read. */
export type ListedSession =
  | { readonly id: string; readonly session: Session; readonly problem?: undefined }
  | { readonly id: string; readonly session?: undefined; readonly problem: HoldfastError };

/** The options of a {@link SessionManager}, besides its workspace. */
export interface SessionManagerOptions {
  /** @default systemClock */
  readonly clock?: Clock;
}

/**
 * The sessions of a workspace, one folder each: `<workspace>/sessions/<id>/session.json`. Every method that takes an
 * id throws a `HoldfastError` (`session_invalid_id`) before it touches the disk when the id is not one.
 *
 * @example
 * ```ts
 * import { runPipeline, SessionManager } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const { session } = await runPipeline(importPipeline({ export: "examples/chatgpt-export", out: "notes" }));
 * const sessions = new SessionManager(".holdfast");
 * const loaded = await sessions.load(session.id);
 * console.log(loaded.status, loaded.phases.map(({ name }) => name), sessions.folderOf(session.id));
 * console.log(await sessions.exists("20260119_143052"));
 * // prints: completed [ 'import' ] .../.holdfast/sessions/...
 * // prints: false
 * ```
 */
export class SessionManager {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(workspace: string, { clock = systemClock }: SessionManagerOptions = {}) {
    this.#folder = join(resolve(workspace), "sessions");
    this.#clock = clock;
  }

  /** The folder of a session, as an absolute path, whether it exists or not. */
  folderOf(id: string): string {
    return join(this.#folder, validateSessionId(id));
  }

  /** Creates a session with a new id and its folder, durably. Safe when other processes do the same. */
  async create(options: NewSession): Promise<Session> {
    const now = new Date(this.#clock.wallNow());
    const id = await this.#claimId(now);
    const session = createSession({ ...options, id, now });
    try {
      await this.save(session);
      await fsyncFolder(this.#folder);
      return session;
    } catch (error) {
      await rmdir(this.folderOf(id)).catch(() => {});
      throw error;
    }
  }

  /**
   * Writes `session.json`, durably. The session's folder must exist. For the process that runs the session and no other.
   *
   * @internal
   */
  async save(session: Session, passes: CrashPointOptions = {}): Promise<void> {
    await writeFileAtomic(this.#fileOf(session.id), serializeSession(session), { what: "session-file", passes });
  }

  /** Throws a `HoldfastError`: `session_not_found`, `session_damaged`, `session_layout` or `input_unreadable`. */
  async load(id: string): Promise<Session> {
    const file = this.#fileOf(id);
    const session = parseSession(await this.#read(id, file), file);
    if (session.id === id) return session;
    throw new HoldfastError(
      "session_damaged",
      `${JSON.stringify(file)} belongs to session ${session.id}. Nothing was changed.`,
      {
        hint: `Rename its folder back to ${session.id}.`,
      },
    );
  }

  /** Whether there is a session of that id, damaged or not. */
  async exists(id: string): Promise<boolean> {
    return isFolder(this.folderOf(id));
  }

  /** All sessions, the newest first. One that cannot be read is listed with its problem. */
  async list(): Promise<readonly ListedSession[]> {
    const ids = (await this.#names()).filter(isSessionId).sort((a, b) => compareSessionIds(b, a));
    const listed: ListedSession[] = [];
    for (const id of ids) listed.push(await this.#look(id));
    return listed;
  }

  #fileOf(id: string): string {
    return join(this.folderOf(id), SESSION_FILE);
  }

  /** `mkdir` without `recursive` fails for all but one, so it decides who gets an id. */
  async #claimId(now: Date): Promise<string> {
    const taken = new Set<string>();
    try {
      await makeFolder(this.#folder);
      for (;;) {
        const id = generateSessionId(now, (id) => taken.has(id));
        crashPoint("session:folder");
        const isMine = await mkdir(this.folderOf(id)).then(
          () => true,
          (error: unknown) => {
            if (errnoOf(error) === "EEXIST") return false;
            throw error;
          },
        );
        if (isMine) return id;
        taken.add(id);
      }
    } catch (error) {
      throw error instanceof HoldfastError ? error : writeFailed(this.#folder, error);
    }
  }

  async #read(id: string, file: string): Promise<string> {
    try {
      return await readFile(file, "utf8");
    } catch (cause) {
      if (errnoOf(cause) !== "ENOENT") throw unreadable(file, cause);
      if (await this.exists(id)) throw withoutFile(id, file, cause);
      throw new HoldfastError("session_not_found", `There is no session ${id} in ${JSON.stringify(this.#folder)}.`, {
        cause,
        hint: { kind: "list_sessions", otherWorkspace: true },
      });
    }
  }

  async #look(id: string): Promise<ListedSession> {
    try {
      return { id, session: await this.load(id) };
    } catch (error) {
      if (error instanceof HoldfastError) return { id, problem: error };
      throw error;
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return [];
      throw unreadable(this.#folder, cause);
    }
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

const unreadable = (path: string, cause: unknown): HoldfastError =>
  new HoldfastError("input_unreadable", `Could not read ${JSON.stringify(path)}: ${messageOf(cause)}.`, {
    cause,
    hint: "Give yourself read permission for it.",
  });

const withoutFile = (id: string, file: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    "session_damaged",
    `Session ${id} has no ${JSON.stringify(file)}: it is just starting, was killed while it started, or the file was removed.`,
    {
      cause,
      hint: "Start a new session.",
    },
  );
