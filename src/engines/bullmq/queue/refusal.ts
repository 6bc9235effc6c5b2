import { messageOf } from "../../../core/failure/index.ts";

/**
 * Why a database refuses a value for what it is, so that it would refuse it again; `undefined` for a fault that may
 * pass, such as a lost connection or a full disk.
 */
export const refusalOf = (error: unknown): string | undefined =>
  REFUSALS.some((isRefusal) => isRefusal(error)) ? messageOf(error) : undefined;

const REFUSALS: readonly ((error: unknown) => boolean)[] = [
  // Postgres, by SQLSTATE: 22 is data that a type does not take, 54 is a limit of the program.
  (error) => /^(?:22|54)[0-9A-Z]{3}$/.test(textIn(error, "code")),
  // Redis: a value that is longer than it takes.
  (error) => textIn(error, "name") === "ReplyError" && /exceeds maximum|invalid bulk length/i.test(messageOf(error)),
  // JavaScript: a text that is longer than a string may be, on its way there.
  (error) => error instanceof RangeError || textIn(error, "code") === "ERR_STRING_TOO_LONG",
];

const textIn = (error: unknown, name: "code" | "name"): string =>
  error instanceof Error ? String(Reflect.get(error, name)) : "";
