import { globSync, writeFileSync } from "node:fs";
import { basename, relative } from "node:path";
import type { Reporter, SerializedError, TestCase, TestModule, TestSpecification, Vitest } from "vitest/node";
import { areas } from "./test-areas.ts";
import { heading } from "./heading.ts";

type UserConsoleLog = Parameters<NonNullable<Reporter["onUserConsoleLog"]>>[0];

/** A section for each area once all its files have ended, then what failed, then one line with the sum. */
export default class AreaReporter implements Reporter {
  #vitest: Vitest | undefined;
  /** Files that have not ended yet, by area. */
  readonly #left = new Map<string, number>();
  readonly #ended = new Map<string, TestModule[]>();
  /** What tests printed, by file. */
  readonly #printed = new Map<string, string>();
  #missing: readonly string[] = [];

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    for (const { project } of specifications) this.#left.set(project.name, (this.#left.get(project.name) ?? 0) + 1);
    this.#missing = filesInNoArea(specifications);
  }

  onUserConsoleLog({ taskId, content }: UserConsoleLog): void {
    const task = taskId === undefined ? undefined : this.#vitest?.state.getReportedEntityById(taskId);
    const file = task === undefined ? "" : moduleOf(task).moduleId;
    this.#printed.set(file, (this.#printed.get(file) ?? "") + content);
  }

  onTestModuleEnd(module: TestModule): void {
    const { name } = module.project;
    const ended = [...(this.#ended.get(name) ?? []), module];
    this.#ended.set(name, ended);
    if (ended.length === this.#left.get(name)) this.#section(name, ended);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const error of unhandled) this.#vitest?.logger.printError(error);
    for (const file of this.#missing) console.log(`${file} belongs to no area of scripts/test-areas.ts.`);
    const failures = modules.flatMap(failuresOf);
    const passed = modules.flatMap((module) => [...module.children.allTests("passed")]).length;
    const others = unhandled.length + this.#missing.length;
    if (failures.length + others > 0) this.#failed(failures, others);
    console.log(`\n${passed} passed, ${failures.length + others} failed`);
    if (failures.length + others > 0) process.exitCode = 1;
  }

  #section(name: string, all: readonly TestModule[]): void {
    // A file without a test of this run has only those of the other one.
    const modules = all
      .filter((module) => countOf(module) > 0 || !module.ok())
      .toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
    if (modules.length === 0) return;
    heading(areas.find(({ project }) => project === name)?.title ?? name);
    for (const module of modules) {
      const printed = this.#printed.get(module.moduleId);
      if (printed) console.log(printed.trimEnd());
    }
    for (const module of modules) console.log(lineOf(module));
    for (const failure of modules.flatMap(failuresOf)) {
      console.log(`\n × ${nameOf(failure)}`);
      for (const error of failure.errors) this.#vitest?.logger.printError(error, { project: failure.module.project });
    }
    console.log(`\n Tests  ${modules.flatMap((module) => [...module.children.allTests("passed")]).length} passed`);
  }

  #failed(failures: readonly Failure[], others: number): void {
    heading("Failed");
    for (const failure of failures) console.log(` × ${nameOf(failure)}`);
    // For `make soak`, which names them again after all its sections.
    const file = process.env["FAILURES"];
    if (file !== undefined && failures.length > 0)
      writeFileSync(file, failures.map((failure) => `${nameOf(failure)}\n`).join(""));
    if (others > 0) console.log(` × ${others} errors outside of tests, printed above`);
    const [first] = failures;
    if (first) console.log(`\nTo run one of them alone:\n  ${commandFor(first)}`);
  }
}

/** A test that failed, or a file that could not be run. */
interface Failure {
  readonly module: TestModule;
  readonly test: TestCase | undefined;
  readonly errors: readonly SerializedError[];
}

function failuresOf(module: TestModule): readonly Failure[] {
  const failed = [...module.children.allTests("failed")];
  const ofTests = failed.map((test) => ({ module, test, errors: test.result().errors ?? [] }));
  const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
  const outside = [...module.errors(), ...suites];
  return outside.length === 0 ? ofTests : [...ofTests, { module, test: undefined, errors: outside }];
}

const nameOf = ({ module, test }: Failure): string =>
  test ? `${module.relativeModuleId} > ${test.fullName}` : module.relativeModuleId;

function commandFor({ module, test }: Failure): string {
  const soak = process.env["SOAK"] === "1" ? "SOAK=1 " : "";
  const pattern = test && ` -t '${test.fullName.replaceAll(" > ", " ").replaceAll(/[^\w ,:-]/g, ".")}'`;
  return `${soak}npx vitest run ${module.relativeModuleId}${pattern ?? ""}`;
}

function lineOf(module: TestModule): string {
  const { duration } = module.diagnostic();
  const mark = module.ok() ? "✓" : "×";
  return ` ${mark} ${module.relativeModuleId} (${countOf(module)} tests) ${(duration / 1000).toFixed(1)} s`;
}

/** Tests that were run. */
const countOf = (module: TestModule): number =>
  [...module.children.allTests("passed"), ...module.children.allTests("failed")].length;

const moduleOf = (task: TestModule | TestCase | { readonly module: TestModule }): TestModule =>
  "module" in task ? task.module : task;

/** A test file in a new folder is not left out in silence. */
function filesInNoArea(specifications: readonly TestSpecification[]): readonly string[] {
  if (process.env["WHOLE_SUITE"] !== "1") return [];
  const known = new Set(specifications.map(({ moduleId }) => relative(process.cwd(), moduleId)));
  const isElsewhere = (path: string): boolean => ["node_modules", "dist"].includes(basename(path));
  const all = globSync(process.env["SOAK"] === "1" ? "test/**/*.test.ts" : "**/*.test.ts", { exclude: isElsewhere });
  return all.filter((file) => !known.has(file));
}
