/** Environment variables by name, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Puts `***` in place of the secrets in a text. */
export type Mask = (text: string) => string;

/**
 * Masks the secrets in a text that is stored or shown: values of authorization, API key and cookie headers, tokens with
 * a well-known prefix, keys and passwords in URLs, and the values of environment variables that are named like a
 * secret. What is left never holds the value of such a variable. Text without secrets comes back as it is.
 *
 * @example
 * ```ts
 * import { maskSecrets } from "holdfast";
 *
 * const env = { WIKI_API_KEY: "kelp-on-a-rock-42" };
 * console.log(maskSecrets("GET /pages?q=kelp-on-a-rock-42", env));
 * console.log(maskSecrets("authorization: Bearer abc.def.ghi", env));
 * // prints: GET /pages?q=***
 * // prints: authorization: ***
 * ```
 */
export function maskSecrets(text: string, env: Environment): string {
  return secretMask(env)(text);
}

/**
 * {@link maskSecrets} with the environment read once, for many texts.
 *
 * @example
 * ```ts
 * import { secretMask } from "holdfast";
 *
 * const mask = secretMask(process.env);
 * const lines = ["GET https://ada:correct-horse@example.org/pages", "200 OK"];
 * console.log(lines.map(mask));
 * // prints: [ 'GET https://ada:***@example.org/pages', '200 OK' ]
 * ```
 */
export function secretMask(env: Environment): Mask {
  const secrets = secretsOf(env);
  return (text) => withoutSecrets(PATTERNS.reduce(hide, text), secrets);
}

const HIDDEN = "***";

/** Shorter values are words such as `none` or `test`, and hiding them would make texts unreadable. */
const MIN_SECRET_LENGTH = 8;

const SECRET_NAME = /_(?:KEY|TOKEN|SECRET|PASSWORD)$/i;

interface Pattern {
  readonly finds: RegExp;
  /** What is put in place of a match; `$1` and so on are its groups. */
  readonly leaves: string;
  /** What a text with a match surely has, and is found much faster: a text may have millions of characters. */
  readonly needs?: RegExp;
}

const NEEDS_HEADER = /authorization|api-key|cookie/i;

/** A header's name and what stands between it and its value: in a header line, an object, JSON, or a list of pairs. */
const HEADER =
  /(?<![\w-])((?:proxy-authorization|authorization|x-api-key|api-key|x-goog-api-key|set-cookie|cookie)(?:\\*["']?\s*[:=]\s*|\\*["']\s*,\s*))/
    .source;

/** In this order. None of them matches what another leaves. */
const PATTERNS: readonly Pattern[] = [
  // The value in quotes that are escaped themselves: JSON inside of JSON.
  {
    finds: new RegExp(String.raw`${HEADER}(\\+["'])(?:(?!\2).)+\2`, "gi"),
    leaves: `$1$2${HIDDEN}$2`,
    needs: NEEDS_HEADER,
  },
  {
    finds: new RegExp(String.raw`${HEADER}(["'])(?:\\.|(?!\2)[^\\\r\n])+\2`, "gi"),
    leaves: `$1$2${HIDDEN}$2`,
    needs: NEEDS_HEADER,
  },
  { finds: new RegExp(String.raw`${HEADER}[^\s"'\\][^\r\n"']*`, "gi"), leaves: `$1${HIDDEN}`, needs: NEEDS_HEADER },
  { finds: /(?<![A-Za-z0-9])((?:sk|pk|rk|gsk)[-_])[A-Za-z0-9_-]{8,}/g, leaves: `$1${HIDDEN}` },
  {
    finds: /(?<![A-Za-z0-9])(gh[opsru]_|github_pat_|glpat-|hf_|npm_|xox[abp]-)[A-Za-z0-9_-]{16,}/g,
    leaves: `$1${HIDDEN}`,
  },
  { finds: /(?<![A-Za-z0-9])(AIza|AKIA)[A-Za-z0-9_-]{16,}/g, leaves: `$1${HIDDEN}` },
  {
    finds: /([?&][\w.-]*(?:key|token|secret|password|signature|sig)=)[^&#\s"'<>\\]+/gi,
    leaves: `$1${HIDDEN}`,
  },
  // The password in an address: redis://user:password@host.
  { finds: /(:\/\/[^\s/:@"']*:)[^\s/@"']+@/g, leaves: `$1${HIDDEN}@` },
];

const hide = (text: string, { finds, leaves, needs }: Pattern): string =>
  needs?.test(text) === false ? text : text.replace(finds, leaves);

/** The longest first: a secret may be a part of another one. */
function secretsOf(env: Environment): readonly string[] {
  const values = Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && value.length >= MIN_SECRET_LENGTH ? formsOf(value) : [],
  );
  return [...new Set(values)].sort((a, b) => b.length - a.length);
}

/** A value as it stands in a text, in JSON and in a URL. */
function formsOf(value: string): readonly string[] {
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.toWellFormed())];
}

/** Repeats until none is left: the text around a secret may form another one. Each round makes the text shorter. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (let left: string | undefined; ; masked = masked.replaceAll(left, HIDDEN)) {
    left = secrets.find((secret) => masked.includes(secret));
    if (left === undefined) return masked;
  }
}
