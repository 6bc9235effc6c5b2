// Everything CI runs beside the suite: format, lint, types, what is unused, and how the package looks to its users.
import { run } from "./run.ts";

run("oxfmt", "--check", ".");
// The examples import the built package, so it comes before their types are looked at.
run("npm", "run", "--silent", "build");
run("oxlint", "--deny-warnings");
run("tsc", "-p", "tsconfig.json");
// The build's settings tell knip which source file a published entry comes from.
run("knip", "--tsConfig", "tsconfig.build.json");
run("node", "scripts/size.ts");
run("node", "scripts/api.ts", "--check");
run("publint", "--strict");
run("attw", "--pack", ".", "--profile", "esm-only");
