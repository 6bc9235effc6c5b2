// The built retry entry in a real browser.
import { run } from "./run.ts";

run("npm", "run", "--silent", "build");
run("node", "test/runtimes/browser.ts");
