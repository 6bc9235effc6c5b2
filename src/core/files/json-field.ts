import { cutText } from "../../text/index.ts";
import { messageOf, HoldfastError } from "../failure/index.ts";
import type { JsonValue } from "../base/index.ts";

/** Reads the text of a file of a session as JSON. Throws a `HoldfastError` (`session_damaged`) that names the file. */
export function parseJsonFile(text: string, file: string): JsonField {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    const got = text.trim() === "" ? "it is empty" : `it is not JSON (${messageOf(cause)})`;
    throw damaged(file, got, { cause });
  }
  return new JsonField(value, "", file);
}

/** A place in a JSON file. Reading it as what it should be gives the value, or an error that names file and field. */
export class JsonField {
  readonly #value: JsonValue | undefined;
  readonly #path: string;
  readonly #file: string;

  constructor(value: JsonValue | undefined, path: string, file: string) {
    this.#value = value;
    this.#path = path;
    this.#file = file;
  }

  /** Whether there is anything at this place; `null` is something. */
  get exists(): boolean {
    return this.#value !== undefined;
  }

  field(name: string): JsonField {
    const value = this.#value;
    if (typeof value !== "object" || value === null || isList(value)) return this.refuse("an object");
    return new JsonField(
      Object.hasOwn(value, name) ? value[name] : undefined,
      this.#path === "" ? name : `${this.#path}.${name}`,
      this.#file,
    );
  }

  elements(): readonly JsonField[] {
    const value = this.#value;
    if (value === undefined || !isList(value)) return this.refuse("a list");
    return value.map((element, index) => new JsonField(element, `${this.#path}[${index}]`, this.#file));
  }

  text(): string {
    return typeof this.#value === "string" ? this.#value : this.refuse("a text");
  }

  get isText(): boolean {
    return typeof this.#value === "string";
  }

  flag(): boolean {
    return typeof this.#value === "boolean" ? this.#value : this.refuse("true or false");
  }

  /** A whole number of 0 or more. */
  count(): number {
    const value = this.#value;
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.refuse("a whole number of 0 or more");
  }

  /** A number of 0 or more, such as milliseconds. */
  amount(): number {
    const value = this.#value;
    return typeof value === "number" && Number.isFinite(value) && value >= 0
      ? value
      : this.refuse("a number of 0 or more");
  }

  /** The same where a number is no reason to refuse a file. */
  amountOr(instead: number): number {
    const value = this.#value;
    return typeof value === "number" && value >= 0 ? value : instead;
  }

  /** A date and time as `toISOString` writes them. */
  time(): string {
    const value = this.#value;
    return typeof value === "string" && isIsoTime(value) ? value : this.refuse("a time like 2026-01-19T14:30:52.000Z");
  }

  /** One of the keys of a table such as `SessionStatus` or `FAILURES`. */
  oneOf<T extends string>(table: Readonly<Record<T, unknown>>): T {
    const value = this.#value;
    if (typeof value === "string" && isKeyOf(table, value)) return value;
    return this.refuse(`one of ${Object.keys(table).join(", ")}`);
  }

  /** Any JSON value, as long as there is one. */
  any(): JsonValue {
    return this.#value === undefined ? this.refuse("a value") : this.#value;
  }

  /** `null`, or what `read` makes of it. */
  orNull<T>(read: (field: JsonField) => T): T | null {
    return this.#value === null ? null : read(this);
  }

  /** Throws: the value at this place is not what it should be. */
  refuse(expected: string): never {
    const place = this.#path === "" ? "it" : `field \`${this.#path}\``;
    throw damaged(this.#file, `${place} should be ${expected} but is ${show(this.#value)}`);
  }
}

function damaged(file: string, what: string, options: ErrorOptions = {}): HoldfastError {
  return new HoldfastError("session_damaged", `Cannot use ${JSON.stringify(file)}: ${what}. Nothing was changed.`, {
    ...options,
    hint: "Restore the file from a backup, or start a new session.",
  });
}

// Array.isArray does not narrow readonly arrays out of a union.
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const isKeyOf = <T extends string>(table: Readonly<Record<T, unknown>>, key: string): key is T =>
  Object.hasOwn(table, key);

function isIsoTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

function show(value: JsonValue | undefined): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${cutText(text, 60)}...`;
}
