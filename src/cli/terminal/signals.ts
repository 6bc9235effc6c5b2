import { exitOnPurpose, RunControl } from "../../core/runner/index.ts";
import { ExitCode } from "./exit-code.ts";
import { commandIsDone } from "./process-end.ts";

/** How long aborted calls get to end before the process exits without them. */
const HALT_MS = 60;

/**
 * A run control for Ctrl-C and SIGTERM. The first signal drains the run. The second aborts the calls in flight and ends the
 * process within 100 ms, whatever they do. Nothing is lost either way: work that was not committed is done again.
 * Disposing it removes the signal handlers.
 */
export function controlBySignals(
  say: (message: string) => void,
  resumeCommand: () => string | undefined,
): { readonly control: RunControl } & Disposable {
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
    setTimeout(() => {
      const command = resumeCommand();
      if (command !== undefined) say(`Stopped at once. Run \`${command}\` to go on from here.`);
      commandIsDone();
      exitOnPurpose(ExitCode.interrupted);
    }, HALT_MS).unref();
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
