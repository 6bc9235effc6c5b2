import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { workerCommand } from "../../src/cli/commands/worker.ts";
import { openBackend } from "../../src/engines/bullmq/queue/open-backend.ts";
import { freePort, hasRedis } from "./servers.ts";
import { until } from "../until.ts";

const FOLDER = join(import.meta.dirname, "../../examples/deploy");
const UNIT = join(FOLDER, "holdfast-worker@.service");
const unit = readFileSync(UNIT, "utf8");
const service = z.looseObject({
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  healthcheck: z.looseObject({ test: z.array(z.string()) }),
});
const compose = z
  .object({ services: z.object({ redis: service, worker: service }) })
  .parse(parse(readFileSync(join(FOLDER, "compose.yaml"), "utf8")));
const { redis, worker } = compose.services;

const flagsOf = (words: readonly string[]): readonly string[] => words.filter((word) => word.startsWith("--"));
const known = workerCommand(() => {}).options.map(({ long }) => long);

describe("the systemd unit", () => {
  it("starts a worker with flags that there are", () => {
    const command = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
    expect(command).toContain("worker");
    expect(known).toEqual(expect.arrayContaining([...flagsOf(command)]));
  });

  it("gives steps under way time to end, and takes passwords from a file", () => {
    expect(unit).toMatch(/^TimeoutStopSec=\d+$/m);
    expect(unit).toMatch(/^EnvironmentFile=\/etc\//m);
    expect(unit).not.toMatch(/PASSWORD=./);
  });

  it("is one that systemd takes", () => {
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", UNIT], { encoding: "utf8" });
    // Where there is no systemd, its rules are not known.
    expect([0, null]).toContain(status);
    expect(stderr ?? "").not.toMatch(/Unknown key|Failed to parse|ignoring/i);
  });
});

describe("the compose file", () => {
  it("starts workers with flags that there are, and asks them at the port that they answer at", () => {
    expect(known).toEqual(expect.arrayContaining([...flagsOf(worker.command)]));
    const port = worker.command[worker.command.indexOf("--health-port") + 1];
    expect(worker.healthcheck.test.join(" ")).toContain(`http://127.0.0.1:${port}/health`);
  });

  it("has no password in it", () => {
    for (const { environment } of [redis, worker]) {
      expect(environment["HOLDFAST_REDIS_PASSWORD"]).toMatch(/^\$\{HOLDFAST_REDIS_PASSWORD:\?/);
    }
  });

  if (hasRedis) {
    it("starts a Redis that is durable enough, and that wants the password", async () => {
      const folder = mkdtempSync(join(tmpdir(), "holdfast-compose-"));
      const port = await freePort();
      const [shell = "", flag = "", script = ""] = redis.command;
      const here = script.replaceAll("$$", "$").replaceAll("/tmp/redis.conf", join(folder, "redis.conf"));
      const server = spawn(shell, [flag, `${here} --port ${port} --dir ${folder}`], {
        stdio: "ignore",
        env: { ...process.env, HOLDFAST_REDIS_PASSWORD: "a-password" },
      });
      try {
        await until(async () => {
          await using backend = await openBackend({ redis: `redis://:a-password@127.0.0.1:${port}` });
          return backend.address === `redis://127.0.0.1:${port}`;
        });
        await expect(openBackend({ redis: `redis://127.0.0.1:${port}` })).rejects.toThrow(
          /NOAUTH|Cannot use the queue/,
        );
      } finally {
        const ended = once(server, "exit");
        server.kill("SIGKILL");
        await ended;
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
