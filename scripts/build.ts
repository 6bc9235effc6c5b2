// Compiles src/ into dist/ with plain tsc: one JavaScript file per source file, no bundler.
import { rmSync } from "node:fs";
import { run } from "./run.ts";

rmSync("dist", { recursive: true, force: true });
run("tsc", "-p", "tsconfig.build.json");
