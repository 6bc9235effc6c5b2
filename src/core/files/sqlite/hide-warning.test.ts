import { describe, expect, it } from "vitest";
import { hideWarning } from "./hide-warning.ts";

const SQLITE = "SQLite is an experimental feature";

function warner() {
  const printed: string[] = [];
  const emitWarning = (warning: string | Error): void => {
    printed.push(String(warning));
  };
  return { printed, emitWarning };
}

describe("hideWarning", () => {
  it("hides the warning that begins so, as a text and as an error", () => {
    const process = warner();
    using _ = hideWarning(SQLITE, process);
    process.emitWarning(`${SQLITE} and might change at any time`);
    process.emitWarning(new Error(SQLITE));
    expect(process.printed).toEqual([]);
  });

  it("prints every other warning", () => {
    const process = warner();
    using _ = hideWarning(SQLITE, process);
    process.emitWarning(`Deprecated: ${SQLITE}`);
    expect(process.printed).toEqual([`Deprecated: ${SQLITE}`]);
  });

  it("leaves the process as it was", () => {
    const process = warner();
    const { emitWarning } = process;
    {
      using _ = hideWarning(SQLITE, process);
    }
    expect(process.emitWarning).toBe(emitWarning);
  });

  it("hides nothing any more when two that overlap have ended", () => {
    const process = warner();
    const first = hideWarning(SQLITE, process);
    const second = hideWarning("Type Stripping", process);
    first[Symbol.dispose]();
    process.emitWarning("Type Stripping is new");
    second[Symbol.dispose]();
    process.emitWarning("Type Stripping is new");
    process.emitWarning(SQLITE);
    expect(process.printed).toEqual(["Type Stripping is new", SQLITE]);
  });
});
