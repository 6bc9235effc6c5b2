/**
 * Lets a command whose reader went away (`| head`, `less` and `q`) come to its end without a word. What it does goes on,
 * above all a run, and its exit code is that of its work: only the printing stops. Any other fault of a stream is thrown.
 */
export function endQuietlyWithoutReader(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) stream.on("error", throwUnlessClosed);
}

/** `EOF` is what a closed pipe gives on Windows. */
const CLOSED: ReadonlySet<string | undefined> = new Set(["EPIPE", "EOF"]);

function throwUnlessClosed(error: NodeJS.ErrnoException): void {
  if (!CLOSED.has(error.code)) throw error;
}
