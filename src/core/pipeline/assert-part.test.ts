import { describe, expect, it } from "vitest";
import { defineStep, definePipeline } from "./index.ts";

const source = { name: "read", version: 1, check: async () => [], async *read() {} };
const step = defineStep({ name: "look", process: (value: unknown) => value });
const sink = { name: "write", version: 1, check: async () => {}, load: async () => ({ outputPath: "x" }) };

interface Parts {
  readonly source?: unknown;
  readonly step?: unknown;
  readonly sink?: unknown;
}

const make = (parts: Parts): unknown =>
  definePipeline("docs").phase("work", (phase) =>
    phase
      .extract(("source" in parts ? parts.source : source) as never)
      .transform(("step" in parts ? parts.step : step) as never)
      .load(("sink" in parts ? parts.sink : sink) as never),
  );

describe("a part of a phase that JavaScript gave", () => {
  it.each<readonly [Parts, string]>([
    [{ source: undefined }, 'Expected an object as the source of phase "work", got nothing.'],
    [{ source: async function* () {} }, 'Expected an object as the source of phase "work", got the function source.'],
    [{ source: [1, 2] }, 'A source of phase "work" has no name: expected `name` to be a string, got nothing.'],
    [
      { source: { ...source, name: undefined } },
      'A source of phase "work" has no name: expected `name` to be a string, got nothing.',
    ],
    [
      { source: { ...source, name: 7 } },
      'A source of phase "work" has no name: expected `name` to be a string, got 7.',
    ],
    [
      { source: { name: "read", version: 1, read: source.read } },
      'The source "read" of phase "work" has no `check`: expected a function, got nothing.',
    ],
    [
      { source: { ...source, read: [] } },
      'The source "read" of phase "work" has no `read`: expected a function, got a list.',
    ],
    [{ step: async () => 1 }, 'Expected an object as the step of phase "work", got the function step.'],
    [{ step: { name: "look" } }, 'The step "look" of phase "work" has no `process`: expected a function, got nothing.'],
    [{ sink: (() => async () => {})() }, 'Expected an object as the sink of phase "work", got a function.'],
    [{ sink: null }, 'Expected an object as the sink of phase "work", got null.'],
    [
      { sink: { ...sink, name: "" } },
      'A sink of phase "work" has no name: expected `name` to be a string, got an empty text.',
    ],
    [
      { sink: { name: "write", version: 1, load: sink.load } },
      'The sink "write" of phase "work" has no `check`: expected a function, got nothing.',
    ],
    [
      { sink: { ...sink, load: "notes" } },
      'The sink "write" of phase "work" has no `load`: expected a function, got "notes".',
    ],
  ])("is refused with what is wrong: %o", (parts, message) => {
    let thrown: unknown;
    try {
      make(parts);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: "pipeline_invalid",
      message,
      hint: expect.stringMatching(/^A \w+ is an object/),
    });
  });

  it("is taken when it is whole", () => {
    expect(make({})).toMatchObject({ name: "docs" });
  });
});
