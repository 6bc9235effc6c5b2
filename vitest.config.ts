import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { areas, SOAK } from "./scripts/test-areas.ts";

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

/** What `make test` runs, or with `SOAK=1` what `make soak` runs. */
export default defineConfig({
  test: {
    // Most tests of processes wait for them.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: InOrder },
    projects: areas.map(({ project, files }, index): TestProjectConfiguration => {
      const isSoak = process.env["SOAK"] === "1";
      return {
        test: {
          name: project,
          include: files.map((glob) => (isSoak ? `${glob}/${SOAK}` : `${glob}/*.test.ts`)),
          exclude: isSoak ? [] : [SOAK],
          setupFiles: ["scripts/test-setup.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          sequence: { groupOrder: index === 0 ? 0 : 1 },
        },
      };
    }),
  },
});
