/** How long a connection may take to close by itself. */
const CLOSE_MS = 5_000;

/** Ends the process soon after the command is done, even if connections to an unresponsive database stay open. */
export function endSoon(): void {
  setTimeout(() => process.exit(), CLOSE_MS).unref();
}
