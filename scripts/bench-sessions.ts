// Sessions beside other durable runners, which are installed in a folder of their own: about half an hour.
import { installIn } from "./install-in.ts";
import { run } from "./run.ts";

installIn("bench/sessions");
run("npm", "run", "--silent", "build");
run("tsc", "-p", "bench/sessions");
run("node", "bench/sessions/main.ts");
