import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LaneEvent } from "./lane-event.ts";
import { LaneTimeline, TIMELINE_LENGTH } from "./lane-timeline.ts";

const options = {
  intervalMs: 10_000,
  onError: (error: unknown): never => {
    throw error;
  },
};
const event = (n: number): LaneEvent => ({ lane: "api", change: "limit", concurrency: n, atMs: n, message: `${n}` });
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "holdfast-timeline-")), "lanes.json");
const read = (path: string): { earlier: number; events: { message: string; at: string }[] } =>
  JSON.parse(readFileSync(path, "utf8"));

describe("a lane's timeline", () => {
  it("is in the file at the end, and goes on in the next run", async () => {
    const path = newFile();
    for (const n of [1, 2]) {
      await using timeline = await LaneTimeline.open(path, options);
      timeline.add(event(n));
    }
    expect(read(path)).toMatchObject({
      earlier: 0,
      events: [{ message: "1", at: "1970-01-01T00:00:00.001Z" }, { message: "2" }],
    });
  });

  it("keeps the last events and counts the others", async () => {
    const path = newFile();
    {
      await using timeline = await LaneTimeline.open(path, options);
      for (let n = 0; n < TIMELINE_LENGTH + 7; n += 1) timeline.add(event(n));
    }
    const { earlier, events } = read(path);
    expect([earlier, events.length, events[0]?.message]).toEqual([7, TIMELINE_LENGTH, "7"]);
  });

  it("is started again when the file is damaged", async () => {
    const path = newFile();
    writeFileSync(path, '{"events": 1');
    {
      await using timeline = await LaneTimeline.open(path, options);
      timeline.add(event(1));
    }
    expect(read(path).events).toHaveLength(1);
  });

  it("makes no file for a lane that nothing happens to", async () => {
    const path = newFile();
    {
      await using _timeline = await LaneTimeline.open(path, options);
    }
    expect(() => read(path)).toThrow("ENOENT");
  });
});
