import { expect, it } from "vitest";
import { queueLines } from "./queue-lines.ts";

const queue = { address: "redis://reef:6379", jobs: 181, contents: 1, permits: 0, left: 0 };

it.each([
  ["nothing for sessions without workers", [{}], []],
  [
    "one line for all sessions at an address",
    [{ queue }, { queue: { ...queue, jobs: 1 } }],
    ["At redis://reef:6379: removed 182 jobs, 2 contents, 0 permits."],
  ],
  [
    "what workers are at",
    [{ queue: { ...queue, left: 1 } }],
    [
      "At redis://reef:6379: removed 181 jobs, 1 content, 0 permits.",
      "At redis://reef:6379: left 1 job that workers did not let go; what they report stays there, and no later clean knows of it.",
    ],
  ],
  [
    "what could not be looked at",
    [{ queue: { ...queue, jobs: 0, contents: 0, problem: "it is away" } }],
    ["At redis://reef:6379: nothing was removed (it is away). Contents there expire within 7 days; jobs stay."],
  ],
] as const)("says %s", (_, cleaned, lines) => {
  expect(queueLines(cleaned.map((each, n) => ({ id: `s${n}`, ...each })))).toEqual(lines);
});

it.each([
  [
    "what would be removed",
    queue,
    ["At redis://reef:6379: would remove 181 jobs, 1 content, and permits that expired."],
  ],
  [
    "what workers are at",
    { ...queue, left: 1 },
    [
      "At redis://reef:6379: would remove 181 jobs, 1 content, and permits that expired.",
      "At redis://reef:6379: would cancel 1 job that workers are at, and remove what ends in time.",
    ],
  ],
  [
    "what cannot be looked at",
    { ...queue, jobs: 0, contents: 0, problem: "it is away" },
    ["At redis://reef:6379: would remove nothing (it is away)."],
  ],
] as const)("says of a dry run %s", (_, there, lines) => {
  expect(queueLines([{ id: "s", queue: there }], { dryRun: true })).toEqual(lines);
});
