import { describe, expect, it } from "vitest";
import { WorkNote } from "./work-note.ts";

interface Noted {
  readonly note: WorkNote;
  /** `+` for a noted beginning, `-` for a noted end, other letters for what happened between. */
  readonly heard: string[];
}

function noted(): Noted {
  const heard: string[] = [];
  const note = new WorkNote({
    begins: async () => void heard.push("+"),
    ends: async () => void heard.push("-"),
  });
  return { note, heard };
}

describe("the note of a step at work", () => {
  const cases: readonly (readonly [string, (given: Noted) => Promise<unknown>, string])[] = [
    [
      "begins before the step and ends after it",
      ({ note, heard }) => note.run(async () => void heard.push("step")),
      "+ step -",
    ],
    [
      "ends when the step fails",
      ({ note, heard }) =>
        note.run(async () => {
          heard.push("step");
          throw new Error("no");
        }),
      "+ step -",
    ],
    [
      "is away while the step waits for a lane",
      ({ note, heard }) =>
        note.run(() =>
          note.call(async (letIn) => {
            heard.push("queue");
            return letIn(async () => void heard.push("call"));
          }),
        ),
      "+ - queue + call - + -",
    ],
    [
      "is away again when the lane takes the call back",
      ({ note, heard }) =>
        note.run(() =>
          note.call(async (letIn) => {
            await letIn(async () => void heard.push("call"));
            heard.push("pause");
            return letIn(async () => void heard.push("call"));
          }),
        ),
      "+ - + call - pause + call - + -",
    ],
    [
      "stays while one of several calls is let in",
      ({ note, heard }) =>
        note.run(() =>
          note.call((first) =>
            first(async () => {
              heard.push("first");
              await note.call(async (second) => second(async () => void heard.push("second")));
            }),
          ),
        ),
      "+ - + first second - + -",
    ],
  ];

  it.each(cases)("%s", async (_name, act, expected) => {
    const given = noted();
    await act(given).catch(() => {});
    expect(given.heard.join(" ")).toBe(expected);
  });
});
