// The main job on the shipped example, with the built-in engine: no model, no network.
import { run } from "./run.ts";

run("npm", "run", "--silent", "build");
run("node", "bin/holdfast.js", "import", "examples/claude-export", "--out", "demo-notes");
