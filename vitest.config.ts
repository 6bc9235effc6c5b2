import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { areas } from "./scripts/test-areas.ts";

/** Long for a busy machine: a test that takes longer hangs. */
const HANGS_MS = 600_000;

/** Areas in their order: those that wait for processes and databases first, so that the others fill the gaps. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ project, moduleId }: TestSpecification): string =>
      `${String(areas.findIndex((area) => area.project === project.name)).padStart(2, "0")} ${moduleId}`;
    return files.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }
}

/** `make soak` runs what has this tag, `make test` all else. Only what is in test/ takes long. */
const isSoak = process.env["SOAK"] === "1";

export default defineConfig({
  test: {
    // Most tests of processes wait for them. More at the same time were no faster.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: InOrder },
    tags: [
      {
        name: "soak",
        description: "Takes long: whole loops, and variants of what another test does.",
        skip: !isSoak,
        timeout: isSoak ? HANGS_MS * 6 : HANGS_MS,
      },
    ],
    projects: areas.map(({ project, files, sharesModules = false }, index): TestProjectConfiguration => {
      return {
        test: {
          name: project,
          isolate: !sharesModules,
          include: files.map((glob) => `${glob}/*.test.ts`),
          exclude: ["**/node_modules/**", ...(isSoak ? ["src/**", "bench/**"] : [])],
          setupFiles: ["scripts/test-setup.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          sequence: { groupOrder: index === 0 ? 0 : 1 },
        },
      };
    }),
  },
});
