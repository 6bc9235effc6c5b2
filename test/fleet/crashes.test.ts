import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences } from "../crash/differences.ts";
import { readEnding, type EndedErrand, type Ending } from "../crash/ending.ts";
import { callsBegun, missingCalls, repeatedCalls, repeatedThoughKept } from "./call-log.ts";
import { crashTable, type CrashRow } from "./crash-table.ts";
import { Crew } from "./crew.ts";
import { differencesButFor } from "./poisoned.ts";
import { disturbances, type Disturbance } from "./disturbances.ts";
import { longestPause, secondsUntilWorkWentOn } from "./going-on.ts";
import { openWire } from "./proxy.ts";
import { serverKinds, type QueueServer } from "./servers.ts";

/** Calls after which it strikes: some items are done, and most are not. */
const STRIKE_AFTER_CALLS = 14;

const errandOf = ({ cwd }: Crew): EndedErrand => ({
  cwd,
  phase: "notes",
  paidSteps: new Set(["outline", "write"]),
  own: [],
});

interface Calm {
  readonly ending: Ending;
  readonly calls: readonly string[];
}

async function undisturbed(server: QueueServer): Promise<Calm> {
  await using crew = new Crew(server);
  await Promise.all([crew.work(), crew.work()]);
  const finished = await crew.own().finished;
  const calm = { ending: readEnding(errandOf(crew), finished), calls: callsBegun(crew.notes) };
  expect(await crew.dismiss()).toEqual([]);
  return calm;
}

async function disturbed(server: QueueServer, calm: Calm, disturbance: Disturbance): Promise<CrashRow> {
  const { what, inFlight, deaths = 0, wired = false } = disturbance;
  await server.clear();
  await using wire = await openWire(server);
  await using crew = new Crew(server, { deaths });
  const begin = (flags?: readonly string[]) => (deaths > 0 ? crew.workAlways() : crew.work(flags));
  const flags = server.flags.map((flag) => flag.replace(String(server.port), String(wire.port)));
  const [worker, other] = await Promise.all([begin(wired ? flags : undefined), begin()]);
  const owner = crew.own();
  if (deaths === 0) await crew.untilCalls(STRIKE_AFTER_CALLS);
  const struck = await disturbance.strike({ server, crew, owner, worker, others: [other] }, wire);
  const finished = await struck.owner.finished;
  wire.mend();
  worker.child.kill("SIGCONT");
  const { notes } = crew;
  const isPoison = deaths > 2;
  const seconds = deaths > 0 ? longestPause(crew) : secondsUntilWorkWentOn(notes, struck);
  const ending = readEnding(errandOf(crew), finished);
  const repeated = repeatedCalls(notes, calm.calls).length;
  const problems = [
    ...(isPoison ? differencesButFor("fatal", calm.ending, ending) : differences(calm.ending, ending)),
    ...missingCalls(notes, calm.calls)
      .filter((call) => !(isPoison && call.includes("fatal")))
      .map((call) => `${call} was never made`),
    ...repeatedThoughKept(notes).map((call) => `${call} was repeated although its answer was kept`),
    ...(repeated > inFlight ? [`${repeated} calls were repeated`] : []),
    ...(Number.isFinite(seconds) ? [] : ["something never went on"]),
    ...(await crew.dismiss()),
  ];
  if (problems.length > 0) problems.push(finished.stderr);
  return {
    database: server.name,
    what,
    counts: countsOf(ending),
    repeated,
    inFlight,
    seconds,
    problems,
  };
}

function countsOf({ report }: Ending): string {
  const { session } = report as { readonly session: { readonly counts: Readonly<Record<string, number>> } };
  return Object.entries(session.counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ");
}

const rows: CrashRow[] = [];
afterAll(() => console.log(crashTable(rows)));

for (const [nth, { name, start }] of serverKinds.entries())
  describe(`a session with workers on ${name}`, { concurrent: true }, () => {
    let server: QueueServer;
    let calm: Calm;
    beforeAll(async () => {
      server = await start();
      calm = await undisturbed(server);
    });
    afterAll(() => server[Symbol.asyncDispose]());

    describe("comes to the end of an undisturbed one when", { concurrent: false }, () => {
      for (const [index, disturbance] of disturbances.entries()) {
        // Each once: where there are two kinds of databases, by turns on the one and on the other.
        const isQuick = index % serverKinds.length === nth && disturbance.isSoak === undefined;
        it(disturbance.what, { tags: isQuick ? [] : "soak" }, async () => {
          const row = await disturbed(server, calm, disturbance);
          rows.push(row);
          expect(row.problems).toEqual([]);
        });
      }
    });
  });
