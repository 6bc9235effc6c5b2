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
// Compiled code is kept between starts: a short command takes most of its time to be compiled. It is kept in the user's
// own folder and not in the shared one for temporary files, where somebody else could put code for us to run. Without a
// folder that can be written, as in a read-only container, Node goes on without it.
var folder = cacheFolder();
if (folder) process.getBuiltinModule("node:module").enableCompileCache(folder);
// A rejection ends the process with its stack, as it should: `main` answers for every error that it knows.
void import("../dist/cli/main.js").then(function (cli) {
  return cli.main(process.argv);
});

function cacheFolder() {
  var path = process.getBuiltinModule("node:path");
  var given = process.platform === "win32" ? process.env.LOCALAPPDATA : process.env.XDG_CACHE_HOME;
  if (given && path.isAbsolute(given)) return path.join(given, "holdfast", "compiled");
  var home = process.env.HOME;
  return home && path.join(home, process.platform === "darwin" ? "Library/Caches" : ".cache", "holdfast", "compiled");
}
