import { Command } from "commander";
import { expect, it } from "vitest";
import { createSession } from "../../core/session/index.ts";
import { addRunFlags, KEPT_FLAGS, type RunFlags } from "./run-flags.ts";
import { mergeFlags, readStoredOptions, storeOptions } from "./stored-options.ts";

/** Every flag of a run is either kept by its session, or given again with each command. */
const GIVEN_ANEW = ["limit", "maxTime", "until", "workspace", "debug", "json"];
/** A setting of the configuration, and no flag. */
const NO_FLAGS: ReadonlySet<string> = new Set(["prices", "modelOptions", "modelHeaders"]);

const parsed = (words: readonly string[], options: { readonly goesOn?: boolean } = {}): RunFlags =>
  addRunFlags(new Command("run"), options)
    .exitOverride()
    .parse([...words], { from: "user" })
    .opts();

/** The flags of a resume of a session that began with others. */
function resumed(began: readonly string[], given: readonly string[]): RunFlags {
  const options = storeOptions(parsed(began));
  const pipeline = { name: "p", path: null, hash: "" };
  const session = createSession({ id: "20260119_143052", pipeline, phases: [], options, now: new Date(0) });
  return mergeFlags(readStoredOptions(session), parsed(given, { goesOn: true }));
}

it("each flag of a run is kept by its session or given again, and none is forgotten", () => {
  const all = new Set(addRunFlags(new Command("run")).options.map((option) => option.attributeName()));
  expect([...all].toSorted()).toEqual([...KEPT_FLAGS, ...GIVEN_ANEW].filter((name) => !NO_FLAGS.has(name)).toSorted());
});

it.each<[began: readonly string[], given: readonly string[], cache: boolean | undefined]>([
  [[], [], undefined],
  [["--no-cache"], [], false],
  [["--no-cache"], ["--cache"], true],
  [["--no-cache"], ["--no-cache"], false],
  [[], ["--no-cache"], false],
  [[], ["--cache"], true],
])("a session that began with %j uses cached answers at a resume with %j: %s", (began, given, cache) => {
  expect(resumed(began, given).cache).toBe(cache);
});

it.each([
  [["--limit", "5"], "limit"],
  [["--max-time", "8h"], "maxTime"],
  [["--until", "06:00"], "until"],
  [["--json"], "json"],
  [["--debug"], "debug"],
] as const)("a resume does not repeat %j", (began, name) => {
  expect(resumed(began, [])[name]).toBeUndefined();
});

it.each([
  [["--max-cost", "5"], "maxCost", 5],
  [["--step-timeout", "10m"], "stepTimeout", "10m"],
  [["--llm", "ollama:qwen3"], "llm", "ollama:qwen3"],
  [["--llm", "ollama:qwen3", "--fallback", "openai:m, extractive"], "fallback", ["openai:m", "extractive"]],
] as const)("a resume repeats %j", (began, name, value) => {
  expect(resumed(began, [])[name]).toEqual(value);
});
