import { expect, it } from "vitest";
import { definePipeline, type Sink, type Source } from "../../../core/pipeline/index.ts";
import type { Duration } from "../../../retry/index.ts";
import { startWorker } from "../../../fleet/index.ts";

const source: Source<string> = { name: "read", version: 1, check: async () => [], async *read() {} };
const sink: Sink<string> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: async (text) => ({ outputPath: text }),
};
const pipeline = definePipeline("docs").phase("work", (phase) => phase.extract(source).load(sink));

it.each([0, -1, Number.NaN, "soon" as Duration, "0s" as Duration])(
  "a worker that is to wait %s for an owner is refused, before it connects to anything",
  async (ownerTimeout) => {
    const address = { redis: "redis://127.0.0.1:1" };
    await expect(startWorker(pipeline, { address, ownerTimeout })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/^Expected `ownerTimeout` of the worker to be a duration above 0, .*, got /),
    });
  },
);
