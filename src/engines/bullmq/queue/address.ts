import { HoldfastError } from "../../../core/failure/index.ts";

/** Where the queue is: one of the two. The text is a URL, as in `redis://host:6379` and `postgres://host/database`. */
export type QueueAddress = { readonly redis: string } | { readonly postgres: string };

export interface AddressSources {
  /** Given addresses, such as `--redis` and `--postgres`. */
  readonly redis?: string | undefined;
  readonly postgres?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The fallback: a URL without a password. */
  readonly known?: string | undefined;
}

const KINDS = {
  redis: {
    protocols: ["redis:", "rediss:"],
    url: "HOLDFAST_REDIS_URL",
    password: "HOLDFAST_REDIS_PASSWORD",
    example: "redis://127.0.0.1:6379",
  },
  postgres: {
    protocols: ["postgres:", "postgresql:"],
    url: "HOLDFAST_POSTGRES_URL",
    password: "HOLDFAST_POSTGRES_PASSWORD",
    example: "postgres://user@127.0.0.1:5432/holdfast",
  },
} as const;
type Kind = keyof typeof KINDS;

/**
 * The queue's address from flags, else from HOLDFAST_REDIS_URL or HOLDFAST_POSTGRES_URL. A password comes from the
 * environment, in that URL or as HOLDFAST_REDIS_PASSWORD: on a command line everybody on the machine could read it.
 * Throws a `HoldfastError` (`usage`).
 */
export function resolveQueueAddress({ redis, postgres, env, known }: AddressSources): QueueAddress {
  if (redis !== undefined && postgres !== undefined) {
    throw new HoldfastError("usage", "Expected the address of a Redis or a PostgreSQL server, got both.");
  }
  if (redis !== undefined) return { redis: fromFlag("redis", redis, env) };
  if (postgres !== undefined) return { postgres: fromFlag("postgres", postgres, env) };
  if (env[KINDS.redis.url]) return { redis: withPassword("redis", parse("redis", env[KINDS.redis.url] ?? ""), env) };
  if (env[KINDS.postgres.url]) {
    return { postgres: withPassword("postgres", parse("postgres", env[KINDS.postgres.url] ?? ""), env) };
  }
  if (known !== undefined) {
    return known.startsWith("redis")
      ? { redis: fromFlag("redis", known, env) }
      : { postgres: fromFlag("postgres", known, env) };
  }
  throw new HoldfastError("usage", "Expected the queue's address: that of a Redis or a PostgreSQL server.", {
    hint: { kind: "give_queue", example: KINDS.redis.example },
  });
}

/** An address for people: host, port and database, without user and password. */
export function showAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

export const urlOf = (address: QueueAddress): string => ("redis" in address ? address.redis : address.postgres);

/** The environment variable that the password of an address comes from. */
export const passwordVariable = (address: QueueAddress): string =>
  KINDS["redis" in address ? "redis" : "postgres"].password;

/** An address without its password, as a session may store it. */
export function withoutPassword(address: QueueAddress): string {
  const url = new URL(urlOf(address));
  url.password = "";
  return url.href;
}

function fromFlag(kind: Kind, text: string, env: AddressSources["env"]): string {
  const url = parse(kind, text);
  if (url.password !== "") {
    throw new HoldfastError("usage", `The ${kind} URL holds a password, which others on this machine could read.`, {
      hint: `Leave it out of the URL and set it as ${KINDS[kind].password}.`,
    });
  }
  return withPassword(kind, url, env);
}

function parse(kind: Kind, text: string): URL {
  const { protocols, example } = KINDS[kind];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && protocols.some((protocol) => protocol === url.protocol)) return url;
  // The given text may hold a password, so it is not repeated.
  throw new HoldfastError("usage", `Expected a URL that begins with ${protocols.join("// or ")}//.`, {
    hint: `For example: ${example}`,
  });
}

function withPassword(kind: Kind, url: URL, env: AddressSources["env"]): string {
  const password = env[KINDS[kind].password];
  const whole = new URL(url);
  if (whole.password === "" && password !== undefined) whole.password = password;
  return whole.href;
}
