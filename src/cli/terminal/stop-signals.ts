/** What a signal asks for: an orderly end, the end of the calls in flight too, or nothing more than was asked before. */
export type StopRequest = "drain" | "halt" | "nothing";

interface StopSignal {
  readonly signal: NodeJS.Signals;
  /** What a user did, as in "stopped by Ctrl-C". */
  readonly name: string;
  readonly first: StopRequest;
  /** When the process was asked to stop before, by whichever signal. */
  readonly again: StopRequest;
}

/**
 * The signals that stop a command. A signal that the platform does not know never comes. A closing terminal may send
 * SIGHUP twice, from its shell and from the system, and nobody is there who could be impatient.
 */
const STOP_SIGNALS: readonly StopSignal[] = [
  { signal: "SIGINT", name: "Ctrl-C", first: "drain", again: "halt" },
  { signal: "SIGTERM", name: "SIGTERM", first: "drain", again: "halt" },
  { signal: "SIGHUP", name: "SIGHUP: its terminal was closed", first: "drain", again: "nothing" },
  { signal: "SIGQUIT", name: "Ctrl-\\", first: "halt", again: "halt" },
  // Windows, where closing the window is SIGHUP.
  { signal: "SIGBREAK", name: "Ctrl-Break", first: "drain", again: "halt" },
];

/** Calls `listener` with what each signal asks for, until it is disposed of. */
export function onStopSignal(listener: (request: StopRequest, name: string) => void): Disposable {
  let isStopping = false;
  const installed = STOP_SIGNALS.map(({ signal, name, first, again }) => {
    const onSignal = (): void => {
      const request = isStopping ? again : first;
      isStopping = true;
      listener(request, name);
    };
    process.on(signal, onSignal);
    return { signal, onSignal };
  });
  return {
    [Symbol.dispose](): void {
      for (const { signal, onSignal } of installed) process.off(signal, onSignal);
    },
  };
}
