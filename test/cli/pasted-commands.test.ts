import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start, type Finished } from "./holdfast.ts";

/** A pipeline that does what `how.json` beside it says. */
const PIPELINE = `
import { readFileSync } from "node:fs";
import { definePipeline, sendToReview, StepError } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";
const how = JSON.parse(readFileSync("how.json", "utf8"));
export default definePipeline("odd-places").phase("work", (phase) => {
  let flow = phase.extract(readJsonl("docs.jsonl"));
  for (const name of how.steps ?? ["look"]) {
    flow = flow.step(name, async (doc) => {
      if (how.kills) process.kill(process.pid, "SIGKILL");
      if (how.slow && doc.id === "kelp") await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      if (how.failing?.includes(name + " " + doc.id)) throw new StepError("input", "no");
      return how.review ? sendToReview("looks odd", doc) : doc;
    });
  }
  return flow.load(writeMarkdown("notes", (doc) => ({ title: "note " + doc.n, body: "" })));
});
`;

const IDS = ["kelp", "it's", "-dash", 'a "b" $c'];

interface How {
  readonly steps?: readonly string[];
  readonly failing?: readonly string[];
  readonly review?: boolean;
  readonly slow?: boolean;
  readonly kills?: boolean;
}

interface Place {
  /** With spaces and quotes in its path. */
  readonly cwd: string;
  readonly run: (...args: readonly string[]) => Promise<Finished>;
  readonly how: (how: How) => void;
}

function newPlace(): Place {
  const cwd = join(newProject(), `it's a "place"`);
  mkdirSync(cwd);
  const how = (said: How): void => writeFileSync(join(cwd, "how.json"), JSON.stringify(said));
  writeFileSync(join(cwd, "the pipeline.ts"), PIPELINE);
  writeFileSync(join(cwd, "docs.jsonl"), IDS.map((id, n) => JSON.stringify({ id, n })).join("\n"));
  return { cwd, how, run: (...args) => holdfast(args, { cwd }) };
}

const RUN = ["run", "the pipeline.ts", "--max-attempts", "1"];
const ALL_FAIL: How = { failing: IDS.map((id) => `look ${id}`) };

/** How a session came to stand as it does: its last words and its id. `at` are the flags that find it again. */
interface Stands {
  readonly ended: Finished;
  readonly id: string;
  readonly at?: readonly string[];
  /** Where commands are run from now on. */
  readonly cwd?: string;
}

type Begin = (place: Place) => Promise<Stands>;

/** Runs one command after the other on one session; `ID` is its id. */
const after =
  (...steps: readonly (readonly [How, ...string[]])[]): Begin =>
  async ({ how, run }) => {
    let id = "";
    let ended: Finished | undefined;
    for (const [said, ...args] of steps) {
      how(said);
      ended = await run(...args.map((word) => (word === "ID" ? id : word)));
      id ||= sessionIdIn(ended);
    }
    if (!ended) throw new Error("Nothing was run.");
    return { ended, id };
  };

const killed: Begin = async ({ cwd, how }) => {
  how({ kills: true });
  const ended = await start([...RUN], { cwd }).finished;
  how({});
  return { ended, id: sessionIdIn(ended) };
};

/** What is done before commands are pasted, and what the text says of it when they would be refused without. */
interface Before {
  readonly says?: string;
  readonly does: (place: Place) => void;
}

/** The state of a session, what makes it, and commands that are printed then: others may be too. */
const STATES: Readonly<Record<string, readonly [Begin, readonly string[], Before?]>> = {
  completed: [after([{}, ...RUN]), []],
  "completed, all to review": [
    after([{ review: true }, ...RUN]),
    ["show ID --status review", "review show ID0", "review redo ID0"],
  ],
  "ended with failures": [after([ALL_FAIL, ...RUN]), ["retry ID", "retry ID --kind input", "show ID kelp"]],
  "stopped at a number of items": [after([{}, ...RUN, "--limit", "1"]), ["resume ID --limit 1"]],
  "stopped at failures": [
    after([ALL_FAIL, ...RUN, "--fail-on-error", "1", "--window", "1"]),
    ["resume ID --fail-on-error 2"],
  ],
  "stopped at its time": [
    after([{ slow: true }, ...RUN, "--max-time", "300ms", "--step-timeout", "900ms"]),
    ["resume ID --max-time 300ms"],
    { does: ({ how }) => how({}) },
  ],
  "out of time in a step": [
    after([{ slow: true }, ...RUN, "--step-timeout", "200ms"]),
    ["retry ID --step-timeout 400ms"],
    { does: ({ how }) => how({}) },
  ],
  killed: [killed, ["resume ID"]],
  "killed, with a cancelled item": [
    async (place) => {
      const { id } = await killed(place);
      return { id, ended: await place.run("cancel", id, "kelp") };
    },
    ["retry ID --item kelp", "retry ID --kind cancelled_by_user", "resume ID"],
  ],
  "changed steps, forced": [
    after([ALL_FAIL, ...RUN], [{ steps: ["look", "more"] }, "resume", "ID", "--force"]),
    ["retry ID"],
  ],
  "changed steps, stopped before its end": [
    after([{}, ...RUN, "--limit", "1"], [{ steps: ["look", "more"] }, "resume", "ID", "--force", "--limit", "1"]),
    ["resume ID --limit 1"],
  ],
  "changed steps, forced, with an item that has no place": [
    after(
      [{ steps: ["look", "more"], failing: ["more kelp", "look it's"] }, ...RUN],
      [{ steps: ["look"], failing: ["look it's"] }, "retry", "ID", "--force"],
    ),
    ["retry ID", "retry ID --item kelp"],
    {
      says: "the pipeline no longer has a step of that name",
      does: ({ how }) => how({ steps: ["look", "more"] }),
    },
  ],
  "changed steps, forced, and no failed item has a place": [
    after(
      [{ steps: ["look", "more"], failing: ["more kelp"] }, ...RUN],
      [{ steps: ["look"] }, "resume", "ID", "--force"],
    ),
    ["retry ID --kind input", "retry ID --item kelp"],
    {
      says: "give the pipeline's steps their names and their order back",
      does: ({ how }) => how({ steps: ["look", "more"] }),
    },
  ],
  "the pipeline's file was moved": [
    async (place) => {
      const stands = await after([ALL_FAIL, ...RUN])(place);
      renameSync(join(place.cwd, "the pipeline.ts"), join(place.cwd, "moved.ts"));
      return stands;
    },
    ["retry ID"],
    {
      says: "The file of its pipeline is gone",
      does: ({ cwd }) => renameSync(join(cwd, "moved.ts"), join(cwd, "the pipeline.ts")),
    },
  ],
  "the folder was moved": [
    async (place) => {
      const stands = await after([ALL_FAIL, ...RUN])(place);
      const to = join(place.cwd, "..", "moved to");
      renameSync(place.cwd, to);
      return { ...stands, cwd: to };
    },
    ["retry ID"],
    {
      says: "The folder that it started in is gone",
      // Its workspace may stay where it is now.
      does: ({ cwd }) => cpSync(join(cwd, "..", "moved to"), cwd, { recursive: true }),
    },
  ],

  "changed steps, forced, and then the first ones again": [
    after(
      [ALL_FAIL, ...RUN],
      [{ ...ALL_FAIL, steps: ["look", "more"] }, "retry", "ID", "--force"],
      [ALL_FAIL, "retry", "ID"],
    ),
    ["retry ID"],
  ],
  "a workspace with a space": [
    async (place) => {
      const at = ["--workspace", "my runs"];
      return { ...(await after([ALL_FAIL, ...RUN, ...at])(place)), at };
    },
    ["retry ID --workspace 'my runs'"],
  ],
};

/** The commands of a text: those between backticks, and those that have a line of their own. */
const commandsIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/`(holdfast [^`]+)`|^ *(holdfast .+)$/gm)].map(([, quoted, line]) => quoted ?? line ?? ""),
  ),
];

/** The words that a shell makes of a command. */
const wordsIn = (command: string): readonly string[] =>
  execFileSync("sh", ["-c", `holdfast() { printf '%s\\0' "$@"; }; ${command}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

interface Printed {
  readonly text: string;
  readonly commands: readonly string[];
}

/** All that is printed about a session. */
async function printedOf({ ended, id, at = [], cwd }: Stands, place: Place): Promise<Printed> {
  const run = (...args: readonly string[]): Promise<Finished> => holdfast(args, { cwd: cwd ?? place.cwd });
  const said = [await run("status", id, ...at), await run("show", id, ...at), await run("review", "list", ...at)];
  for (const item of IDS) said.push(await run("show", id, item.startsWith("-") ? JSON.stringify(item) : item, ...at));
  // What the run said itself is of the folder that it was in.
  if (cwd === undefined) said.push(ended);
  const text = said.map(({ stdout, stderr }) => `${stderr}\n${stdout}`).join("\n");
  return { text, commands: commandsIn(text) };
}

/** An end that says how the work went, and not that the command was of no use. */
const TAKEN = [0, 4, 5, 6];

/** What only looks may be pasted into one session. */
const ONLY_LOOKS = /^holdfast (?:show|status|review show)/;

/** What `make test` runs; `make soak` runs all. */
const QUICK = new Set(["changed steps, forced, and no failed item has a place", "the folder was moved"]);

const rowsOf = (
  isWanted: (name: string) => boolean,
): readonly (readonly [string, Begin, readonly string[], Before | undefined])[] =>
  Object.entries(STATES).flatMap(([name, [begin, expected, before]]) =>
    isWanted(name) ? [[name, begin, expected, before] as const] : [],
  );

describe("a command that is printed is taken as pasted, of a session that is", () => {
  it.each(rowsOf((name) => QUICK.has(name)))("%s", pasteAll);
  it.each(rowsOf((name) => !QUICK.has(name)))("%s", { tags: "soak" }, pasteAll);
});

async function pasteAll(_: string, begin: Begin, expected: readonly string[], before?: Before): Promise<void> {
  const first = newPlace();
  const stands = await begin(first);
  const { text, commands } = await printedOf(stands, first);
  for (const command of expected) {
    const named = command.replaceAll(/ID(?!\d)/g, stands.id).replaceAll("ID0", "kelp");
    expect(
      commands.some((each) => each.includes(named)),
      `${named} in ${commands.join("; ")}`,
    ).toBe(true);
  }
  expect(text).toContain(before?.says ?? "");
  const looks = commands.filter((command) => ONLY_LOOKS.test(command));
  for (const command of [...looks, ...commands.filter((each) => !looks.includes(each))]) {
    const place = looks.includes(command) ? first : newPlace();
    const { id, cwd } = place === first ? stands : await begin(place);
    if (place !== first) before?.does(place);
    const words = wordsIn(command.replaceAll(stands.id, id));
    const pasted = await holdfast(words, { cwd: cwd ?? place.cwd });
    expect(TAKEN, `${command}\n${pasted.stdout}\n${pasted.stderr}`).toContain(pasted.code);
  }
}
