// The suite of `make test`: a section per area, then what failed, and one line with the sum at the end.
import { heading } from "./heading.ts";
import { run } from "./run.ts";
import { runSuite } from "./run-suite.ts";

heading("Build and types");
run("npm", "run", "--silent", "build");
run("tsc", "-p", "tsconfig.json");
console.log("dist/ is built, and every type test compiles.");
process.exit(runSuite());
