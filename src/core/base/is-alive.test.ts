import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isAlive } from "./is-alive.ts";

test.each([
  ["this process", true, () => process.pid],
  ["the one that started it", true, () => process.ppid],
  // Another user's, unless the tests run as root.
  ["the first one", true, () => 1],
  ["one that has ended", false, () => spawnSync(process.execPath, ["--version"]).pid],
  ["a number that none can have", false, () => 2 ** 40],
])("%s is alive: %s", (_, alive, pid) => {
  expect(isAlive(pid())).toBe(alive);
});
