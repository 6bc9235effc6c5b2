import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

/** What the young generation is in a process that drops much of what it makes, in bytes. */
function youngBytes(begin: string): number {
  const program = `
    const { keepYoungGenerationSmall } = await import("./src/cli/terminal/young-generation.ts");
    const { getHeapSpaceStatistics } = await import("node:v8");
    ${begin}
    const held = [];
    for (let round = 0; round < 100; round++) {
      for (let n = 0; n < 60_000; n++) held[n % 50_000] = { n, text: [n] };
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size);`;
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  return Number(ran.stdout);
}

it("stops growing, where it would go on", () => {
  const kept = youngBytes("keepYoungGenerationSmall();");
  expect(kept).toBeGreaterThan(0);
  expect(youngBytes("")).toBeGreaterThan(kept);
}, 60_000);
