import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, defaultConfig, findWorkspace, resolveConfig } from "./config.ts";

describe("resolveConfig", () => {
  test("gives the defaults when nothing is set", () => {
    expect(resolveConfig()).toMatchObject({ debug: false, window: 16, projectionIntervalMs: 500 });
    expect(resolveConfig()).toMatchObject(defaultConfig);
  });

  test("keeps what is set", () => {
    const given: Config = { workspace: "/data/.holdfast", debug: true, window: 1, projectionIntervalMs: 0 };
    expect(resolveConfig(given)).toEqual(given);
  });

  test("makes the workspace an absolute path, also when it is found", () => {
    expect(resolveConfig({ workspace: "here" }).workspace).toBe(join(process.cwd(), "here"));
    expect(isAbsolute(resolveConfig().workspace)).toBe(true);
  });

  test("cannot be changed afterwards", () => {
    expect(Object.isFrozen(resolveConfig())).toBe(true);
    expect(Object.isFrozen(defaultConfig)).toBe(true);
  });

  test.each([
    [{ window: 0 }, "Expected `window` to be a whole number from 1 to 10000, got 0."],
    [{ window: 1.5 }, "Expected `window` to be a whole number from 1 to 10000, got 1.5."],
    [{ window: Number.NaN }, "Expected `window` to be a whole number from 1 to 10000, got NaN."],
    [{ window: 10_001 }, "Expected `window` to be a whole number from 1 to 10000, got 10001."],
    [{ window: "16" }, "Expected `window` to be a whole number from 1 to 10000, got '16'."],
    [{ debug: "yes" }, "Expected `debug` to be true or false, got 'yes'."],
    [{ debug: undefined }, "Expected `debug` to be true or false, got undefined."],
    [{ projectionIntervalMs: -1 }, "Expected `projectionIntervalMs` to be a whole number from 0 to 60000, got -1."],
    [{ workspace: "" }, "Expected `workspace` to be the path of a folder, got ''."],
    [{ workspace: "a\0b" }, "Expected `workspace` to be the path of a folder, got 'a\\x00b'."],
    [{ windw: 3 }, "There is no setting `windw`; the settings are workspace, debug, window, projectionIntervalMs."],
    [
      { toString: 3 },
      "There is no setting `toString`; the settings are workspace, debug, window, projectionIntervalMs.",
    ],
  ])("names what is wrong with %o", (given, message) => {
    expect(() => resolveConfig(given as object)).toThrow(expect.objectContaining({ code: "usage", message }));
  });

  test("names every bad value at once", () => {
    expect(() => resolveConfig({ window: 0, projectionIntervalMs: -1 })).toThrow(/`window`.*`projectionIntervalMs`/);
  });
});

describe("findWorkspace", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "holdfast-config-")));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("is .holdfast in the nearest folder upwards that has one", async () => {
    await mkdir(join(folder, ".holdfast"));
    await mkdir(join(folder, "a", ".holdfast"), { recursive: true });
    await mkdir(join(folder, "a", "b", "c"), { recursive: true });
    expect(findWorkspace(join(folder, "a", "b", "c"))).toBe(join(folder, "a", ".holdfast"));
    expect(findWorkspace(join(folder, "a"))).toBe(join(folder, "a", ".holdfast"));
    expect(findWorkspace(folder)).toBe(join(folder, ".holdfast"));
  });

  test("is .holdfast in the start folder when none is found upwards", async () => {
    await mkdir(join(folder, "a"));
    expect(findWorkspace(join(folder, "a"))).toBe(join(folder, "a", ".holdfast"));
  });

  test("passes by a file named .holdfast", async () => {
    await mkdir(join(folder, ".holdfast"));
    await mkdir(join(folder, "a"));
    await writeFile(join(folder, "a", ".holdfast"), "");
    expect(findWorkspace(join(folder, "a"))).toBe(join(folder, ".holdfast"));
  });

  test("works for a start folder that is not there yet", () => {
    expect(findWorkspace(join(folder, "new"))).toBe(join(folder, "new", ".holdfast"));
  });
});
