// The same cases in every run. `SEED=7 npx vitest run ...` tries others; a failure prints the seed and the case.
import { configureGlobal } from "fast-check";
import { runs } from "../test/runs.ts";

configureGlobal({ numRuns: runs(100), seed: Number(process.env["SEED"] ?? 20260119) });
