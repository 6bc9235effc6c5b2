// Reading exports beside other ways to read JSON, which are installed in a folder of their own: some ten minutes and 3 GB.
import { installIn } from "./install-in.ts";
import { run } from "./run.ts";

installIn("bench/import");
run("npm", "run", "--silent", "build");
run("node", "bench/import/main.ts");
