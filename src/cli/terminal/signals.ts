import { RunControl } from "../../core/runner/index.ts";
import { ExitCode } from "./exit-code.ts";
import { onStopSignal } from "./stop-signals.ts";

/** How long aborted calls get to end before the process exits without them. */
const HALT_MS = 60;

/**
 * A run control for Ctrl-C and the other signals that stop a command. The first one drains the run. The second aborts the
 * calls in flight and ends the process within 100 ms, whatever they do. Nothing is lost either way: work that was not
 * committed is done again. Disposing it removes the signal handlers.
 */
export function controlBySignals(
  say: (message: string) => void,
  resumeCommand: () => string | undefined,
): { readonly control: RunControl } & Disposable {
  const control = new RunControl();
  const listening = onStopSignal((request, name) => {
    const cause = { kind: "user", message: `stopped by ${name}` } as const;
    switch (request) {
      case "nothing":
        return;
      case "drain":
        control.stop(cause);
        return say(
          "Stopping: finishing what is in flight. Press Ctrl-C again to stop at once; nothing is lost either way.",
        );
      case "halt":
        control.haltNow(cause);
        setTimeout(() => {
          const command = resumeCommand();
          if (command !== undefined) say(`Stopped at once. Run \`${command}\` to go on from here.`);
          process.exit(ExitCode.interrupted);
        }, HALT_MS).unref();
    }
  });
  return { control, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}
