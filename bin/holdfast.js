#!/usr/bin/env node
// Plain old JavaScript up to the import, so that an old Node gets a sentence and not a syntax error.
var found = process.versions.node.split(".").map(Number);
if (found[0] < 22 || (found[0] === 22 && found[1] < 18)) {
  console.error(
    "holdfast needs Node 22.18 or newer, and this is Node " +
      process.versions.node +
      ". Install a newer one from https://nodejs.org.",
  );
  process.exit(1);
}
// Compiled code is kept between starts: a short command takes most of its time to be compiled.
process.getBuiltinModule("node:module").enableCompileCache();
// A rejection ends the process with its stack, as it should: `main` answers for every error that it knows.
void import("../dist/cli/main.js").then(function (cli) {
  return cli.main(process.argv);
});
