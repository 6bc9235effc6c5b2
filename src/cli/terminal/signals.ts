import { RunControl } from "../../core/runner/index.ts";
import { ExitCode } from "./exit-code.ts";

/** How long calls that are cut have to come to their end before the process ends without them. */
const HALT_MS = 60;

/**
 * A run control that Ctrl-C and SIGTERM work on. The first time the run drains. The second time calls under way are cut,
 * and the process ends within 100 ms whatever they do. Nothing is lost either way: what was not committed was not done.
 * Disposing it gives the signals back.
 */
export function controlBySignals(
  say: (message: string) => void,
  sessionId: () => string | undefined,
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
      const id = sessionId();
      if (id !== undefined) say(`Stopped at once. Run \`holdfast resume ${id}\` to go on from here.`);
      process.exit(ExitCode.interrupted);
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
