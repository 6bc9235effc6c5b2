import { defineConfig } from "vitest/config";

const area = (name: string, ...include: string[]) => ({ test: { name, include } });

/** One project per area; `scripts/test.ts` prints a section for each. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    projects: [
      area("etl", "test/etl/**/*.test.ts"),
      area("retry", "src/retry/**/*.test.ts"),
      area("core", "src/text/**/*.test.ts", "src/core/**/*.test.ts", "src/config/**/*.test.ts", "src/run/**/*.test.ts"),
      area("stores", "src/stores/**/*.test.ts", "src/engines/*.test.ts"),
      area("stages", "src/stages/**/*.test.ts", "src/chats/**/*.test.ts", "test/golden/**/*.test.ts"),
      area("models", "src/llm/**/*.test.ts", "src/testing/**/*.test.ts"),
      area("cli", "src/cli/**/*.test.ts", "test/cli/**/*.test.ts"),
      area("crash", "test/crash/**/*.test.ts"),
      area("fleet", "src/engines/bullmq/**/*.test.ts", "test/fleet/**/*.test.ts"),
      area("docs", "test/docs/**/*.test.ts"),
    ],
  },
});
