import { RunControl } from "../index.ts";

/** How long the second Ctrl-C waits for calls to be cut before the process ends. Nothing is lost either way. */
const HALT_MS = 90;

/**
 * A run control that Ctrl-C and SIGTERM work on: the first time the run drains, the second time calls under way are cut.
 * Disposing it gives the signals back.
 */
export function controlBySignals(say: (message: string) => void): { readonly control: RunControl } & Disposable {
  const control = new RunControl();
  let isSecond = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    const message = signal === "SIGTERM" ? "stopped by SIGTERM" : "stopped by Ctrl-C";
    if (!isSecond) {
      isSecond = true;
      control.stop({ kind: "user", message });
      say("Stopping: finishing what is in flight. Press Ctrl-C again to stop at once; nothing is lost either way.");
      return;
    }
    control.haltNow({ kind: "user", message });
    setTimeout(() => process.exit(130), HALT_MS).unref();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    control,
    [Symbol.dispose](): void {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
