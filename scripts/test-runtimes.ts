// The built retry entry in Node, Deno and Bun.
import { installIn } from "./install-in.ts";
import { run } from "./run.ts";

installIn("test/runtimes");
run("npm", "run", "--silent", "build");
run("node", "test/runtimes/run.ts");
