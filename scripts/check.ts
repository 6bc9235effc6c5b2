// Everything CI runs beside the suite: format, lint, types, what is unused, and how the package looks to its users.
import { run } from "./run.ts";

run("oxfmt", "--check", ".");
run("oxlint", "--deny-warnings");
run("tsc", "-p", "tsconfig.json");
run("npm", "run", "--silent", "build");
// The build's settings tell knip which source file a published entry comes from.
run("knip", "--tsConfig", "tsconfig.build.json");
run("node", "scripts/size.ts");
run("node", "scripts/api.ts", "--check");
run("publint", "--strict");
run("attw", "--pack", ".", "--profile", "esm-only");
