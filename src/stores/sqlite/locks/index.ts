export { lockFolder, type ExclusiveFolder } from "./exclusive-folder.ts";
export { isSessionLocked, lockSession, sessionHolder, type SessionLock } from "./session-lock.ts";
