import { describe, expect, it } from "vitest";
import { RunControl } from "../../../core/runner/index.ts";
import { memoryState } from "../queue/fixtures/memory-state.ts";
import type { JobEnd, Jobs } from "./job-board.ts";
import { jobWaits } from "./job-waits.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const stop = { kind: "user", message: "stop" } as const;

/** A wait for a job that a worker is at. */
function newWait({ before = () => {} }: { readonly before?: (stops: Stops) => void } = {}) {
  const control = new RunControl();
  const lost = new AbortController();
  const board = {
    takeBack: async () => false,
    discard: async () => false,
    forget: () => {},
    abandon: () => {},
  } as unknown as Jobs;
  const waitFor = jobWaits({ board, state: memoryState(), control, lost: lost.signal, closing: lost.signal });
  const wait = waitFor("job");
  before({ control, lost });
  return { control, lost, wait, end: wait.until(new Promise<JobEnd>(() => {})) };
}

interface Stops {
  readonly control: RunControl;
  readonly lost: AbortController;
}

const STOPS: Readonly<Record<string, (stops: Stops) => void>> = {
  "the run is halted": ({ control }) => control.haltNow(stop),
  "the session is another owner's": ({ lost }) => lost.abort(),
};

describe("the wait for a job that a worker is at", () => {
  it.each(Object.keys(STOPS))("ends when %s", async (what) => {
    const { end, ...stops } = newWait();
    STOPS[what]?.(stops);
    expect(await Promise.race([end, later().then(() => "waits")])).toBe("released");
  });

  // As while its large content was packed.
  it.each(Object.keys(STOPS))("ends at once when it begins after %s", async (what) => {
    const { end } = newWait({ before: STOPS[what] ?? (() => {}) });
    expect(await Promise.race([end, later().then(() => "waits")])).toBe("released");
  });
});
