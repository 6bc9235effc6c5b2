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
// `main` answers for every error.
void import("../dist/cli/main.js").then(function (cli) {
  return cli.main(process.argv);
});

function cacheFolder() {
  var path = process.getBuiltinModule("node:path");
  var given = process.platform === "win32" ? process.env.LOCALAPPDATA : process.env.XDG_CACHE_HOME;
  var base = given && path.isAbsolute(given) ? given : process.env.HOME;
  if (!base || !path.isAbsolute(base)) return undefined;
  var below = base === given ? [] : process.platform === "darwin" ? ["Library", "Caches"] : [".cache"];
  return below.concat("holdfast", "compiled").reduce(folderIn, base);
}

// The folder of that name, made when it is not there; nothing where nobody may make it, or where another user could put
// code into it. One by one: Node's recursive mkdir never ends on some file systems.
function folderIn(parent, name) {
  if (parent === undefined) return undefined;
  var fs = process.getBuiltinModule("node:fs");
  var folder = process.getBuiltinModule("node:path").join(parent, name);
  try {
    fs.mkdirSync(folder, { mode: 448 });
  } catch (error) {
    if (error.code !== "EEXIST") return undefined;
  }
  try {
    var found = fs.statSync(folder);
    var isOurs = !process.getuid || (found.uid === process.getuid() && (found.mode & 18) === 0);
    return found.isDirectory() && isOurs ? folder : undefined;
  } catch {
    return undefined;
  }
}
