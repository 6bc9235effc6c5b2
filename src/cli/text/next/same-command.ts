import { quote } from "./begin-command.ts";
import { withoutUser } from "./without-user.ts";

export interface SameCommandOptions {
  /** `process.argv`. */
  readonly argv: readonly string[];
  /** The command's name, where it is another one with the same flags. @default that of `argv` */
  readonly name?: string;
  /** Flags without a value that are left out. */
  readonly without?: readonly string[];
  /** Flags with a value: `undefined` leaves one out, any other takes the place of what was given. */
  readonly change?: Readonly<Record<string, string | undefined>>;
}

/** The command that was given, to be pasted again, with other flags. */
export function sameCommand({ argv, name, without = [], change = {} }: SameCommandOptions): string {
  const [given = "", ...words] = argv.slice(2);
  const kept: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (Object.hasOwn(change, word)) at += 1;
    else if (!without.includes(word) && !Object.keys(change).some((flag) => word.startsWith(`${flag}=`)))
      kept.push(word);
  }
  const changed = Object.entries(change).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return ["holdfast", name ?? given, ...kept.map((word) => quote(withoutUser(word))), ...changed.map(quote)].join(" ");
}
