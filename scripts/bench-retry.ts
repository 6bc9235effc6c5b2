// The retry engine beside its peers, which are installed in a folder of their own: about three minutes.
import { installIn } from "./install-in.ts";
import { run } from "./run.ts";

installIn("bench");
run("npm", "run", "--silent", "build");
run("node", "--expose-gc", "bench/retry/main.ts");
