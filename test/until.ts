import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Whoever waits for longer hangs. */
const HANGS_MS = 300_000;

/** Asks every few milliseconds until the answer is yes; a question that fails is one whose answer is no. */
export async function until(ask: () => Promise<boolean> | boolean): Promise<void> {
  const before = performance.now() + HANGS_MS;
  for (;;) {
    if (await Promise.resolve(ask()).catch(() => false)) return;
    if (performance.now() > before) throw new Error(`Still not so after ${HANGS_MS / 1000} s: ${String(ask)}`);
    await pause(20);
  }
}

/** Waits until a file is written no more by whoever writes it twice a second while there is something to write. */
export async function untilUnchanged(file: string): Promise<void> {
  for (let before = ""; ;) {
    const now = readFileSync(file, "utf8");
    if (now === before) return;
    before = now;
    await pause(2_000);
  }
}
