import { secretMask } from "../../core/failure/index.ts";
import { cutToWidth } from "./text-width.ts";
import { lineText, terminalText } from "./escape/terminal-text.ts";

/** One line on stderr with the progress of a command. */
export interface StatusLine {
  /** Shows what `line` gives, unless the last time was a moment ago. */
  draw(line: () => string): void;
  /** A line for people, above it. */
  say(message: string): void;
  /** Removes the line. */
  done(): void;
}

export interface StatusLineOptions {
  readonly stream: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

const TERMINAL_INTERVAL_MS = 100;

/** Elsewhere, so that a long run logs hundreds of lines and not thousands. */
const PLAIN_INTERVALS = [
  { afterMs: 600_000, everyMs: 60_000 },
  { afterMs: 60_000, everyMs: 15_000 },
  { afterMs: 0, everyMs: 5_000 },
] as const;

/** A line that is redrawn on a terminal, and elsewhere a plain line every few seconds, in a long run every minute. */
export function openStatusLine({ stream, env }: StatusLineOptions): StatusLine {
  const redraws = stream.isTTY && env["CI"] === undefined && env["NO_COLOR"] === undefined && env["TERM"] !== "dumb";
  const openedAt = performance.now();
  const intervalAt = (now: number): number =>
    redraws
      ? TERMINAL_INTERVAL_MS
      : (PLAIN_INTERVALS.find(({ afterMs }) => now - openedAt >= afterMs)?.everyMs ?? PLAIN_INTERVALS[2].everyMs);
  // The reader may go away, as `| head` does; the work goes on.
  stream.on("error", () => {});
  const mask = secretMask(env);
  // Without a terminal, short work shows no progress.
  let drawnAt = redraws ? -Infinity : openedAt;
  let shown = "";

  const clear = (): void => {
    if (shown !== "") stream.write("\r\u001B[K");
    shown = "";
  };
  const write = (text: string): void => {
    shown = cutToWidth(lineText(text), Math.max(20, (stream.columns ?? 80) - 1));
    stream.write(shown);
  };
  return {
    draw(line): void {
      const now = performance.now();
      if (now - drawnAt < intervalAt(now)) return;
      drawnAt = now;
      if (!redraws) return void stream.write(`${lineText(line())}\n`);
      clear();
      write(line());
    },
    say(message): void {
      const line = shown;
      clear();
      stream.write(`${terminalText(mask(message))}\n`);
      if (line !== "") write(line);
    },
    done: clear,
  };
}
