// The retry engine beside its peers, which are installed in a folder of their own: about three minutes.
import { installIn } from "./install-in.ts";
import { run } from "./run.ts";

installIn("bench/retry");
run("npm", "run", "--silent", "build");
run("tsc", "-p", "bench/retry");
run("node", "bench/retry/main.ts");
