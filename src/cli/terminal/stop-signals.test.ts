import { describe, expect, it } from "vitest";
import { onStopSignal } from "./stop-signals.ts";

describe("signals that stop a command", () => {
  it.each([
    [["SIGINT"], ["drain"]],
    [
      ["SIGINT", "SIGINT"],
      ["drain", "halt"],
    ],
    [["SIGTERM"], ["drain"]],
    [
      ["SIGTERM", "SIGTERM"],
      ["drain", "halt"],
    ],
    [
      ["SIGTERM", "SIGINT"],
      ["drain", "halt"],
    ],
    [["SIGHUP"], ["drain"]],
    [
      ["SIGHUP", "SIGHUP", "SIGHUP"],
      ["drain", "nothing", "nothing"],
    ],
    [
      ["SIGHUP", "SIGTERM"],
      ["drain", "halt"],
    ],
    [
      ["SIGINT", "SIGHUP"],
      ["drain", "nothing"],
    ],
    [["SIGQUIT"], ["halt"]],
    [["SIGBREAK"], ["drain"]],
    [
      ["SIGBREAK", "SIGBREAK"],
      ["drain", "halt"],
    ],
  ] as const)("%j ask for %j", (signals, expected) => {
    const asked: string[] = [];
    using _ = onStopSignal((request) => asked.push(request));
    for (const signal of signals) process.emit(signal);
    expect(asked).toEqual(expected);
  });

  it("are heard no more afterwards", () => {
    const before = process.listenerCount("SIGHUP");
    onStopSignal(() => {})[Symbol.dispose]();
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });
});
