/// <reference lib="esnext.disposable" preserve="true" />
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { writeFileAtomic, safeName } from "../files/index.ts";
import { type Clock, systemClock, type Logger, silentLogger, type JsonValue, StageType } from "../base/index.ts";
import { messageOf, type Mask } from "../failure/index.ts";
import { validatePhaseName } from "./phase.ts";

const LOG_FILE = "debug.log";
const IS_PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The step and item that a log line or a dump is about. */
export interface LogSubject {
  readonly stage: StageType;
  readonly step: string;
  readonly itemId: string;
}

/** The logs of one phase. Nothing here ever throws or rejects: a log is for people, and the run goes on without it. */
export interface StageLogs extends AsyncDisposable {
  /** A logger that adds the step and the item to each line. */
  logger(subject: LogSubject): Logger;
  /** Dumps the output of a step; a second dump for the same step and item replaces the first. */
  dump(subject: LogSubject, value: JsonValue): Promise<void>;
  /** Resolves when all that was logged is in its file. What is logged later is dropped. */
  close(): Promise<void>;
}

export interface StageLogsOptions {
  readonly sessionFolder: string;
  readonly phase: string;
  /** `false` gives loggers that discard everything. */
  readonly debug: boolean;
  /** @default systemClock */
  readonly clock?: Pick<Clock, "wallNow">;
  /** Masks secrets in messages. @default no masking */
  readonly mask?: Mask;
  /** Called once, with the first error, when a log or a dump could not be written. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * Opens the logs of a phase: in debug mode `<phase>/<stage>/debug.log`, with one line an entry, and
 * `<phase>/<stage>/output/<step>/<item>.json` for each dump. Otherwise nothing is opened.
 */
export async function openStageLogs(options: StageLogsOptions): Promise<StageLogs> {
  return options.debug ? openDebugLogs(options) : silentLogs;
}

const silentLogs: StageLogs = {
  logger: () => silentLogger,
  dump: async () => {},
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

async function openDebugLogs({
  sessionFolder,
  phase,
  clock = systemClock,
  mask = (text) => text,
  onProblem = () => {},
}: StageLogsOptions): Promise<StageLogs> {
  const report = once(onProblem);
  const folder = join(sessionFolder, validatePhaseName(phase));
  const [extract, transform, load] = await Promise.all([
    openLogFile(join(folder, StageType.extract), report),
    openLogFile(join(folder, StageType.transform), report),
    openLogFile(join(folder, StageType.load), report),
  ]);
  const files = { extract, transform, load };
  /** Dumps follow one another: the last one for an item wins, and few files are open however many are asked for. */
  let dumps: Promise<void> = Promise.resolve();

  const close = async (): Promise<void> => {
    await Promise.all([dumps, extract.close(), transform.close(), load.close()]);
  };
  return {
    logger: (subject) => {
      // Users of plain JavaScript log errors and objects too.
      const write = (level: string) => (message: string) =>
        files[subject.stage].write(lineOf(clock.wallNow(), level, subject, mask(messageOf(message))));
      return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
    },
    dump(subject, value) {
      dumps = dumps.then(() => writeDump(folder, subject, value)).catch(report);
      return dumps;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface LogFile {
  write(line: string): void;
  close(): Promise<void>;
}

async function openLogFile(folder: string, report: (error: unknown) => void): Promise<LogFile> {
  await mkdir(folder, { recursive: true }).catch(report);
  const stream = createWriteStream(join(folder, LOG_FILE), { flags: "a" });
  stream.on("error", report);
  return {
    write(line) {
      if (stream.writable) stream.write(line);
    },
    async close() {
      stream.end();
      await finished(stream).catch(report);
    },
  };
}

/** One line an entry, whatever the message holds. */
function lineOf(timeMs: number, level: string, { step, itemId }: LogSubject, message: string): string {
  return `${new Date(timeMs).toISOString()} ${level.padEnd(5)} [${onOneLine(itemId)}] ${onOneLine(step)}: ${onOneLine(message)}\n`;
}

const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, escapeCharacter);

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return SHORT_ESCAPES[character] ?? `\\u${code}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

async function writeDump(phaseFolder: string, { stage, step, itemId }: LogSubject, value: JsonValue): Promise<void> {
  const folder = join(phaseFolder, stage, "output", IS_PLAIN_NAME.test(step) ? step : safeName(step));
  await mkdir(folder, { recursive: true });
  const text = `${JSON.stringify({ itemId, step, output: value }, undefined, 2)}\n`;
  // A dump need not survive a power cut: the store has the data.
  await writeFileAtomic(join(folder, `${safeName(itemId)}.json`), text, { fsync: false, what: "debug-output" });
}

function once(tell: (error: unknown) => void): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    tell(error);
  };
}
