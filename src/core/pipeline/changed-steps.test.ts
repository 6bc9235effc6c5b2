import { describe, expect, it } from "vitest";
import {
  placeIn,
  type FannedOutParent,
  type FinishedStep,
  type ItemProgress,
  type StepLayout,
} from "./changed-steps.ts";

/** Steps by their names; one that ends in `*` collects. */
const layout = (names: string): StepLayout =>
  names.split(" ").map((name) => ({ name: name.replace("*", ""), collects: name.endsWith("*") }));

const finished = (names: string): readonly FinishedStep[] =>
  names === "" ? [] : names.split(" ").map((name, index) => ({ name, index }));

/** The name of the step that it goes on with, or `-`. */
function nextIn(names: string, progress: ItemProgress): string {
  const place = placeIn(layout(names), progress);
  return place.kind === "refused" ? "-" : (layout(names)[place.at]?.name ?? "the end");
}

/** The session began with `a b c load`. What an item that stands somewhere in it goes on with, by the steps of now. */
const ITEMS: Readonly<Record<string, ItemProgress>> = {
  new: { finished: [] },
  "failed at a": { finished: [], failed: "a" },
  "failed at b": { finished: finished("a"), failed: "b" },
  "failed at c": { finished: finished("a b"), failed: "c" },
  "failed at load": { finished: finished("a b c"), failed: "load" },
  "pending at b": { finished: finished("a"), next: "b" },
  "pending at c": { finished: finished("a b"), next: "c" },
};

const CHANGES: readonly (readonly [what: string, steps: string, goesOnWith: Readonly<Record<string, string>>])[] = [
  ["nothing, or only versions", "a b c load", at("a a b c load b c")],
  ["first renamed", "a2 b c load", at("a2 - - - - - -")],
  ["middle renamed", "a b2 c load", at("a a - - - b2 -")],
  ["last renamed", "a b c2 load", at("a a b - - b c2")],
  ["sink renamed", "a b c keep", at("a a b c - b c")],
  ["first removed", "b c load", at("b - - - - - -")],
  ["middle removed", "a c load", at("a a - - - c -")],
  ["last removed", "a b load", at("a a b - - b load")],
  ["one inserted in front", "n a b c load", at("n n b c load b c")],
  ["one inserted before b", "a n b c load", at("a a n c load n c")],
  ["one inserted before c", "a b n c load", at("a a b n load b n")],
  ["one inserted before the sink", "a b c n load", at("a a b c n b c")],
  ["a and b swapped", "b a c load", at("b b - - - - -")],
  ["b and c swapped", "a c b load", at("a a c - - c -")],
  ["c moved to the front", "c a b load", at("c c b - - b -")],
  ["a moved to the end", "b c a load", at("b b - - - - -")],
  ["all other", "x y load", at("x - - - - - -")],
];

function at(names: string): Readonly<Record<string, string>> {
  const each = names.split(" ");
  return Object.fromEntries(Object.keys(ITEMS).map((progress, index) => [progress, each[index] ?? ""]));
}

describe("a pipeline that has changed", () => {
  it.each(CHANGES)("%s: an item goes on where it has to, or is refused", (_what, steps, expected) => {
    const got = Object.entries(ITEMS).map(([name, progress]) => [name, nextIn(steps, progress)]);
    expect(Object.fromEntries(got)).toEqual(expected);
  });

  it("never passes by the step that failed", () => {
    for (const [, steps] of CHANGES) {
      for (const progress of Object.values(ITEMS)) {
        const place = placeIn(layout(steps), progress);
        if (place.kind === "refused" || progress.failed === undefined) continue;
        expect(layout(steps).findIndex(({ name }) => name === progress.failed)).toBeGreaterThanOrEqual(place.at);
      }
    }
  });

  it.each([
    ["a c load", ITEMS["failed at c"], 'it has finished "b", which the pipeline no longer has'],
    ["b a c load", ITEMS["failed at c"], 'the steps that it has finished ("a", "b") are in another order now'],
    ["a b load", ITEMS["failed at c"], 'its step "c" failed, and the pipeline no longer has a step of that name'],
    ["a c b load", ITEMS["failed at c"], 'its step "c" failed, and is now before "b", which it has finished'],
    ["b a load", ITEMS["pending at b"], 'its next step "b" is now before "a", which it has finished'],
  ])("says why, with %s", (steps, progress, reason) => {
    expect(progress && placeIn(layout(steps), progress)).toEqual({ kind: "refused", reason });
  });

  it("moves what was finished", () => {
    const place = placeIn(layout("n a m b c load"), { finished: finished("a b"), failed: "c" });
    expect(place).toEqual({ kind: "goes on", at: 4, moves: new Map(Object.entries({ a: 1, b: 3 })) });
  });
});

/** The session began with `split up join* after load`: `split` fans out, and `join` collects. */
const parent: FannedOutParent = { finished: finished("split"), childDepth: 1, collectedAt: 2 };
const alone: FannedOutParent = { finished: finished("split"), childDepth: 1, collectedAt: undefined };

const FANNED_OUT: Readonly<Record<string, ItemProgress>> = {
  "part failed at up": { finished: [], failed: "up", fanOut: { nextIndex: 1, isCollecting: false, parents: [parent] } },
  "part that is done": { finished: [], fanOut: { nextIndex: 1, isCollecting: false, parents: [parent] } },
  "collecting failed": {
    finished: finished("split"),
    failed: "join",
    fanOut: { nextIndex: 2, isCollecting: true, parents: [] },
  },
  "part of an uncollected fan-out": {
    finished: [],
    failed: "up",
    fanOut: { nextIndex: 1, isCollecting: false, parents: [alone] },
  },
};

describe("a pipeline that has changed around a fan-out", () => {
  it.each([
    ["nothing", "split up join* after load", ["up", "up", "join", "-"]],
    ["what comes after the collect", "split up join* load", ["up", "up", "join", "-"]],
    ["the collect was renamed", "split up merge* after load", ["up", "up", "-", "-"]],
    ["one inserted in front", "n split up join* after load", ["-", "-", "-", "-"]],
    ["one inserted before the failed step", "split n up join* after load", ["-", "-", "-", "-"]],
    ["one inserted before the collect", "split up n join* after load", ["-", "-", "-", "-"]],
    ["the collect was removed", "split up after load", ["-", "-", "-", "up"]],
    ["it collects no more", "split up join after load", ["-", "-", "-", "up"]],
    ["another collect was added", "split up join* more* load", ["-", "-", "join", "-"]],
    ["the fan-out was renamed", "cut up join* after load", ["-", "-", "-", "-"]],
  ])("%s", (_what, steps, expected) => {
    expect(Object.values(FANNED_OUT).map((progress) => nextIn(steps, progress))).toEqual(expected);
  });
});
