// Every public name that is called has a doc comment with an example. All examples compile under strict in one project,
// and run in one process, each in a folder with the shipped `examples/`. What they print is what the comments
// `// prints: ...` in them say, line by line, where `...` stands for what differs from run to run.
import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../cli/holdfast.ts";
import { callables, docExamples, examplesOf, type DocExample } from "./doc-examples.ts";
import { exampleProcess } from "./example-process.ts";
import { compile, newStrictProject } from "./strict-project.ts";
import type { Ran } from "./run-examples.ts";

/** The examples that are fenced as `ts no-run`, and why they cannot run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  createBullmqEngine: "needs a server of Redis or Postgres",
  startWorker: "needs a server of Redis or Postgres",
};

const examples = docExamples();
const names = await callables();

describe("every public name that is called", () => {
  it("has an example in its doc comment", () => {
    const without = names.filter(({ symbol, file }) => !examples.some((e) => e.symbol === symbol && e.file === file));
    expect(without.map(({ entry, symbol, file }) => `${symbol} of ${entry} (${file})`)).toEqual([]);
  });

  it("is imported in its example by the name of an entry that has it", () => {
    const wrong = names.filter(({ symbol, file }) => {
      const entries = names.filter((name) => name.symbol === symbol && name.file === file).map(({ entry }) => entry);
      const own = examples.filter((example) => example.symbol === symbol && example.file === file);
      return own.some(({ code }) => !entries.some((entry) => importsOf(code, entry).includes(symbol)));
    });
    expect(wrong.map(({ symbol, file }) => `${symbol} (${file})`)).toEqual([]);
  });
});

it("every exported name has a sentence in its doc comment", () => {
  const reports = globSync("etc/*.api.md", { cwd: root });
  expect(reports).not.toEqual([]);
  const without = reports.flatMap((report) => {
    const found = readFileSync(join(root, report), "utf8").matchAll(/^\/\/ @public \(undocumented\)\n(.*)/gm);
    return [...found].map(([, declaration]) => `${report}: ${declaration}`);
  });
  expect(without).toEqual([]);
});

describe("the examples of doc comments", () => {
  const project = newStrictProject();
  const fileOf = ({ symbol, line }: DocExample): string => join(project, `${symbol}-${line}`, "example.ts");
  const ran = new Map<string, Ran>();
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    for (const example of examples) {
      const file = fileOf(example);
      mkdirSync(join(file, ".."));
      symlinkSync(join(root, "examples"), join(file, "../examples"));
      writeFileSync(file, `${example.code}\nexport {};\n`);
    }
    const runs = run(examples.filter((example) => example.runs).map(fileOf));
    // What belongs to a complaint is indented below it.
    complaints = (await compile(project)).split(/\n(?! )/).filter((complaint) => complaint !== "");
    for (const one of await runs) ran.set(one.file, one);
  });

  for (const example of examples) {
    const { symbol, file, line, code } = example;
    it(`${symbol} (${file}:${line}) compiles under strict`, () => {
      const place = `${symbol}-${line}/`;
      expect(complaints.filter((complaint) => complaint.startsWith(place))).toEqual([]);
    });
    if (!example.runs) continue;
    it(`${symbol} (${file}:${line}) prints what it says`, () => {
      const one = ran.get(fileOf(example));
      expect(one?.problem).toBe(undefined);
      const said = [...code.matchAll(/^ *\/\/ prints: ?(.*)$/gm)].map(([, text = ""]) => text);
      expect(said).not.toEqual([]);
      expect(withGaps(one ? linesOf(one) : [], said)).toEqual(said);
    });
  }

  it("compile without a complaint about anything else", () => {
    const own = examples.map(({ symbol, line }) => `${symbol}-${line}/`);
    expect(complaints.filter((complaint) => !own.some((place) => complaint.startsWith(place)))).toEqual([]);
  });

  it("run, but for those that the table gives a reason for", () => {
    const notRun = examples.filter((example) => !example.runs).map(({ symbol }) => symbol);
    expect(notRun.toSorted()).toEqual(Object.keys(NOT_RUN).toSorted());
  });
});

it("an example without a block of TypeScript is refused, with its place", () => {
  expect(() => examplesOf("a.ts", "\n/**\n * A.\n * @example\n * a();\n */\nexport function a() {}\n")).toThrow(
    "a.ts:2",
  );
});

/** The names that a program imports from one entry. */
function importsOf(code: string, entry: string): readonly string[] {
  const lists = [...code.matchAll(/^import \{([^}]*)\} from "([^"]+)";/gm)].filter(([, , from]) => from === entry);
  return lists.flatMap(([, list = ""]) => list.split(",").map((name) => name.trim()));
}

/** What modules did that were run one after the other. */
async function run(files: readonly string[]): Promise<readonly Ran[]> {
  const programs = exampleProcess();
  const all: Ran[] = [];
  for (const file of files) all.push(await programs.run(file));
  programs.end();
  return all;
}

/** Printed text as lines, without the end of the last. */
const linesOf = ({ printed }: Ran): readonly string[] => (printed === "" ? [] : printed.replace(/\n$/, "").split("\n"));

/** Printed lines, with the `...` of the lines that they are held against where these match. */
function withGaps(printed: readonly string[], said: readonly string[]): readonly string[] {
  return printed.map((line, index) => {
    const expected = said[index] ?? "";
    const parts = expected.split("...").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join(".*")}$`).test(line) ? expected : line;
  });
}
