/** The conditions of a rule. All given ones must hold; of a list, one is enough. Case does not matter. */
export type RuleConditions = {
  /** Tags, without `#`; `boats` also means `boats/sails`. */
  readonly tags?: string | readonly string[];
  /** Words or phrases of the title or the text, whole ones. */
  readonly words?: string | readonly string[];
  /** Words or phrases of the title. */
  readonly title?: string | readonly string[];
  /** The folder the note is in, or one above it, as a path in the folder that is organized. */
  readonly folder?: string | readonly string[];
  /** The service the note came from, such as `claude`. */
  readonly source?: string | readonly string[];
};

/** Notes that meet `when` are of this genre, and of this topic when one is given. Without `when`, every note does. */
export type OrganizeRule = {
  readonly genre: string;
  readonly topic?: string;
  readonly when?: RuleConditions;
};

/** The rules for sorting notes. Plain data, so that a session can store it. */
export type OrganizeSettings = {
  /** The first one that matches decides. */
  readonly rules?: readonly OrganizeRule[];
  /** The genres that a model may choose from. @default the genres of the rules, or `DEFAULT_GENRES` when there are none */
  readonly genres?: readonly string[];
  /** Where a note goes in the vault; a part whose name is unknown is left out. @default "{genre}/{topic}" */
  readonly folders?: string;
  /** The folder for notes without a genre. @default "unclassified" */
  readonly unclassified?: string;
};

/** The default genres. */
const DEFAULT_GENRES: readonly string[] = [
  "engineering",
  "science",
  "business",
  "finance",
  "health",
  "creative",
  "daily-life",
];

/** The genres that a model may choose from, in the order in which they were written down. */
export function genresOf({ rules = [], genres = [] }: OrganizeSettings): readonly string[] {
  const known = [...new Set([...rules.map(({ genre }) => genre), ...genres])];
  return known.length === 0 ? DEFAULT_GENRES : known;
}
