// A fleet beside BullMQ with hand-written code, on Redis and Postgres: about ten minutes.
import { installIn } from "./install-in.ts";
import { run } from "./run.ts";

installIn("bench/fleet");
run("npm", "run", "--silent", "build");
run("tsc", "-p", "bench/fleet");
run("node", "bench/fleet/main.ts");
