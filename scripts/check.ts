// Everything CI runs beside the suite: format, lint, types, what is unused, and how the package looks to its users.
import { rmSync } from "node:fs";
import { run } from "./run.ts";

run("oxfmt", "--check", ".");
run("oxlint", "--deny-warnings");
run("tsc", "-p", "tsconfig.json");
run("npm", "run", "--silent", "build");
run("knip");
run("publint", "--strict");
run("npm", "pack", "--silent");
try {
  run("attw", "holdfast-0.1.0.tgz", "--profile", "esm-only");
} finally {
  rmSync("holdfast-0.1.0.tgz", { force: true });
}
