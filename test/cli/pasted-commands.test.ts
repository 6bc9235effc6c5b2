import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

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

/** The state of a session, what makes it, and commands that are printed then: others may be too. */
const STATES: Readonly<Record<string, readonly [Begin, readonly string[]]>> = {
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
  ],
  "out of time in a step": [
    after([{ slow: true }, ...RUN, "--step-timeout", "200ms"]),
    ["retry ID --step-timeout 400ms"],
  ],
  killed: [killed, ["resume ID"]],
  "cancelled items": [
    after([{}, ...RUN, "--limit", "1"], [{}, "resume", "ID", "--limit", "3"], [{}, "show", "ID"]),
    ["resume ID --limit 3"],
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
      [{ steps: ["more"], failing: ["more it's"] }, "retry", "ID", "--force"],
    ),
    ["retry ID"],
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
  ...new Set([...text.matchAll(/`(holdfast [^`]+)`|^ *(holdfast .+)$/gm)].map(([, quoted, line]) => quoted ?? line ?? "")),
];

/** The words that a shell makes of a command. */
const wordsIn = (command: string): readonly string[] =>
  execFileSync("sh", ["-c", `holdfast() { printf '%s\\0' "$@"; }; ${command}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

/** All that is printed about a session. */
async function printedOf({ ended, id, at = [] }: Stands, run: Place["run"]): Promise<readonly string[]> {
  const said = [ended, await run("status", id, ...at), await run("show", id, ...at), await run("review", "list", ...at)];
  for (const item of IDS) said.push(await run("show", id, item.startsWith("-") ? JSON.stringify(item) : item, ...at));
  return commandsIn(said.map(({ stdout, stderr }) => `${stderr}\n${stdout}`).join("\n"));
}

/** An end that says how the work went, and not that the command was of no use. */
const TAKEN = [0, 4, 5, 6];

/** What only looks may be pasted into one session. */
const ONLY_LOOKS = /^holdfast (?:show|status|review show)/;

describe("a command that is printed is taken as pasted, of a session that is", () => {
  it.each(Object.entries(STATES).map(([name, [begin, expected]]) => [name, begin, expected] as const))(
    "%s",
    async (_, begin, expected) => {
      const first = newPlace();
      const stands = await begin(first);
      const printed = await printedOf(stands, first.run);
      for (const command of expected) {
        const named = command.replaceAll(/ID(?!\d)/g, stands.id).replaceAll("ID0", "kelp");
        expect(printed.some((each) => each.includes(named)), `${named} in ${printed.join("; ")}`).toBe(true);
      }
      for (const command of printed) {
        const place = ONLY_LOOKS.test(command) ? first : newPlace();
        const { id } = place === first ? stands : await begin(place);
        const pasted = await place.run(...wordsIn(command.replaceAll(stands.id, id)));
        expect(TAKEN, `${command}\n${pasted.stdout}\n${pasted.stderr}`).toContain(pasted.code);
      }
    },
  );
});
void renameSync;
void rmSync;
