import type { SessionStore } from "../../core/storage/index.ts";
import { openSessionStore } from "../sqlite/index.ts";

/** A session's store that is gone when it is closed: the same tables in memory, for tests and for trying things out. */
export function openMemoryStore(): SessionStore {
  return openSessionStore(":memory:");
}
