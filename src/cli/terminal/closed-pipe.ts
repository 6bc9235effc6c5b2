import { commandIsDone } from "./process-end.ts";
import { ExitCode } from "./exit-code.ts";

/**
 * Lets a command go on when what it prints is not taken. Its work decides the exit code when the reader went away
 * (`| head`, `q` in `less`). Any other fault, such as a full disk, is reported once, and ends the command with 74.
 */
export function goOnWithoutReader(streams: readonly NodeJS.WritableStream[], report: (error: Error) => void): void {
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (isReaderGone(stream, error.code) || hasFailed) return;
      hasFailed = true;
      process.exitCode = ExitCode.cannotWrite;
      report(error);
    });
  }
}

/** `EOF` is what a closed pipe gives on Windows, and `EIO` a terminal that was closed. */
const isReaderGone = (stream: NodeJS.WritableStream, code: string | undefined): boolean =>
  code === "EPIPE" || code === "EOF" || (code === "EIO" && "isTTY" in stream && stream.isTTY === true);

/** Whether something that was printed could not be written. */
let hasFailed = false;

/** Sets the exit code of the process, for a command that is done. */
export function endWith(exitCode: ExitCode): void {
  commandIsDone();
  // Nobody has read how the items went.
  process.exitCode = hasFailed && exitCode < ExitCode.internal ? ExitCode.cannotWrite : exitCode;
}
