/**
 * Lets a command finish silently when its reader goes away (`| head`, `q` in `less`). Its work goes on and decides the
 * exit code: only the printing stops. Any other stream error is thrown.
 */
export function endQuietlyWithoutReader(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) stream.on("error", throwUnlessClosed);
}

/** `EOF` is what a closed pipe gives on Windows, `EIO` what a terminal gives that was closed. */
const CLOSED: ReadonlySet<string | undefined> = new Set(["EPIPE", "EOF", "EIO"]);

function throwUnlessClosed(error: NodeJS.ErrnoException): void {
  if (!CLOSED.has(error.code)) throw error;
}
