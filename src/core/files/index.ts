export { assertCanWrite, fsyncFolder, removeStaleTemps, wasTaken, writeFileAtomic } from "./atomic-write.ts";
export { isSameFile, type IsStill, removeUnlessChanged, renameToFree } from "./unless-changed.ts";
export { crashPoint, type CrashPointOptions } from "./crash-point.ts";
export { JsonField, parseJsonFile } from "./json-field.ts";
export { foldPath } from "./fold-path.ts";
export { makeFolder } from "./make-folder.ts";
export { networkFileSystem } from "./network-file-system.ts";
export { safeName } from "./safe-name.ts";
export { identityOf, isStillThere, type FileIdentity } from "./file-identity.ts";
