/** How long a connection may take to close by itself. */
const CLOSE_MS = 5_000;

/** For a command that is done: connections to a database that does not answer must not keep the process. */
export function endSoon(): void {
  setTimeout(() => process.exit(), CLOSE_MS).unref();
}
