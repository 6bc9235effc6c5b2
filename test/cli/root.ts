import { realpathSync } from "node:fs";

/** The project's root. */
export const root: string = realpathSync(new URL("../..", import.meta.url));
