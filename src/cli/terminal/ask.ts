import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { HoldfastError } from "../../core/failure/index.ts";
import { terminalText } from "../text/escape/terminal-text.ts";

/** Whether there is a terminal to ask on. */
const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Throws a `HoldfastError` (`usage`) when there is no terminal, before any work is done. */
export function assertCanAsk(): void {
  if (canAsk()) return;
  throw new HoldfastError("usage", "Moving files needs your confirmation, and there is no terminal to ask on.", {
    hint: "Nothing was changed. Add --dry-run to see what would be done, then --yes to do it.",
  });
}

/** Asks on the terminal; anything but `y` and `yes` is a no, and so are Ctrl-C and the end of the input. */
export async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on("SIGINT", () => terminal.close());
  const closed = once(terminal, "close").then(() => "");
  try {
    const answer = await Promise.race([terminal.question(`${terminalText(question)} [y/N] `).catch(() => ""), closed]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
