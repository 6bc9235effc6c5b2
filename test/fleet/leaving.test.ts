import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finished } from "../cli/holdfast.ts";
import { Crew, type Member } from "./crew.ts";
import { openWire } from "./proxy.ts";
import { serverKinds, type QueueServer } from "./servers.ts";

const INTERRUPTED = 130;
/** Some items of the crew's documents cannot be processed. */
const PARTIAL = 4;
/** What the crew's documents come to when nobody disturbs them. */
const WHOLE = "31 items: 19 completed, 3 to review, 2 skipped, 3 filtered, 4 failed (in 30 parts)";

interface Left extends Finished {
  readonly seconds: number;
}

async function tell({ child, finished }: Member, signal: NodeJS.Signals): Promise<Left> {
  const told = performance.now();
  child.kill(signal);
  const end = await finished;
  return { ...end, seconds: (performance.now() - told) / 1000 };
}

for (const { name, start } of serverKinds)
  describe(`leaving a fleet on ${name}`, { tags: "soak" }, () => {
    let server: QueueServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    async function resumesToItsEnd(crew: Crew): Promise<void> {
      await crew.work();
      const ended = await crew.own().finished;
      expect(ended).toMatchObject({ code: PARTIAL, stderr: expect.stringContaining(WHOLE) });
      expect(await crew.dismiss()).toEqual([]);
    }

    it("ends an owner that has no workers at Ctrl-C, and a resume goes on", async () => {
      await using crew = new Crew(server);
      const owner = crew.own();
      await crew.untilSaid(owner, "No worker serves");
      const { code, seconds } = await tell(owner, "SIGINT");
      console.log(`${name}: an owner without workers ended ${seconds.toFixed(1)} s after Ctrl-C.`);
      expect(code).toBe(INTERRUPTED);
      await resumesToItsEnd(crew);
    });

    it("ends owner and worker while the database is away, and a resume goes on", async () => {
      await using crew = new Crew(server);
      const worker = await crew.work();
      const owner = crew.own();
      await crew.untilCalls(8);
      await server.kill();
      const [ownerLeft, workerLeft] = await Promise.all([tell(owner, "SIGINT"), tell(worker, "SIGTERM")]);
      console.log(
        `${name}: while the database was away, the owner ended after ${ownerLeft.seconds.toFixed(1)} s, the worker after ${workerLeft.seconds.toFixed(1)} s.`,
      );
      await server.restart();
      expect([ownerLeft.code, workerLeft.code]).toEqual([INTERRUPTED, 0]);
      await resumesToItsEnd(crew);
    });

    it("ends a worker whose network is cut, and an owner whose only worker that was", async () => {
      await using wire = await openWire(server);
      await using crew = new Crew(server);
      const flags = server.flags.map((flag) => flag.replace(String(server.port), String(wire.port)));
      const worker = await crew.work(flags);
      const owner = crew.own();
      await crew.untilCalls(8);
      wire.cut();
      const [ownerLeft, workerLeft] = await Promise.all([tell(owner, "SIGINT"), tell(worker, "SIGTERM")]);
      console.log(
        `${name}: with the worker's network cut, the owner ended after ${ownerLeft.seconds.toFixed(1)} s, the worker after ${workerLeft.seconds.toFixed(1)} s.`,
      );
      expect([ownerLeft.code, workerLeft.code]).toEqual([INTERRUPTED, 0]);
      await resumesToItsEnd(crew);
    });
  });
