import type { LimitedThing, ToldLimit } from "../../core/base/index.ts";
import { untilMs } from "./times.ts";

/** A policy: so many in a window. */
interface Policy {
  readonly name: string | undefined;
  readonly limit: number | undefined;
  readonly windowMs: number | undefined;
  readonly of: LimitedThing | undefined;
}

/** One member of a list of structured fields (RFC 9651): its value, and its parameters. */
interface Member {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** No server has more policies. */
const MOST_MEMBERS = 16;

/**
 * The limits in `RateLimit` and `RateLimit-Policy`, in the three forms of the IETF's drafts (draft-ietf-httpapi-ratelimit-headers):
 * `"default";r=50;t=30` with `"default";q=100;w=60`, before that `limit=100, remaining=50, reset=30` with `100;w=60`.
 */
export function listedLimits(headers: ReadonlyMap<string, string>, nowMs: number): readonly ToldLimit[] {
  const policies = policiesIn(headers.get("ratelimit-policy") ?? "");
  const service = headers.get("ratelimit") ?? "";
  const members = membersOf(service);
  const flat = flatLimit(members, nowMs);
  if (flat) {
    // Only one of the policies is told of; where there are several, which one shows by its limit.
    const policy =
      policies.find(({ limit }) => limit === flat.limit) ?? (policies.length === 1 ? policies[0] : undefined);
    return policy?.windowMs === undefined ? [flat] : [{ ...flat, windowMs: policy.windowMs }];
  }
  const told = members.flatMap(({ value, parameters }) => {
    const name = nameIn(value);
    const remaining = numberIn(parameters.get("r"));
    if (remaining === undefined) return [];
    const policy = policies.find((each) => each.name === name);
    const resetMs = untilMs(parameters.get("t"), nowMs);
    return limitOf({ ...policy, name }, { remaining, resetMs });
  });
  const silent = policies.filter(({ name }) => name !== undefined && !told.some((limit) => limit.name === name));
  return [...told, ...silent.flatMap((policy) => limitOf(policy, {}))];
}

/** The policies of `RateLimit-Policy`, or behind an older `RateLimit-Limit`. */
export function policiesIn(text: string): readonly Policy[] {
  return membersOf(text).flatMap(({ value, parameters }) => {
    const name = nameIn(value);
    const limit = numberIn(name === undefined ? value : parameters.get("q"));
    const seconds = numberIn(parameters.get("w") ?? parameters.get("window"));
    if (limit === undefined) return [];
    return [{ name, limit, windowMs: seconds === undefined ? undefined : seconds * 1000, of: unitIn(parameters) }];
  });
}

const UNITS: Readonly<Record<string, LimitedThing>> = { requests: "requests", tokens: "tokens" };

/** `undefined` for a unit that is none of ours, such as bytes. */
function unitIn(parameters: Member["parameters"]): LimitedThing | undefined {
  const unit = nameIn(parameters.get("qu") ?? "") ?? "requests";
  return Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
}

function limitOf(
  { name, limit, windowMs, of }: Partial<Policy>,
  { remaining, resetMs }: { readonly remaining?: number; readonly resetMs?: number | undefined },
): readonly ToldLimit[] {
  // A policy that is told nowhere else counts requests, as the draft says.
  const counts = limit === undefined ? "requests" : of;
  if (counts === undefined) return [];
  return [
    {
      of: counts,
      ...(limit !== undefined && { limit }),
      ...(remaining !== undefined && { remaining }),
      ...(resetMs !== undefined && { resetMs }),
      ...(windowMs !== undefined && { windowMs }),
      ...(name !== undefined && { name }),
    },
  ];
}

/** `limit=100, remaining=50, reset=30`: members of a dictionary. */
function flatLimit(members: readonly Member[], nowMs: number): ToldLimit | undefined {
  const fields = new Map(
    members.flatMap(({ value }) => {
      const [, key = "", text = ""] = /^(limit|remaining|reset)=(\d{1,15})$/.exec(value) ?? [];
      return key === "" ? [] : [[key, text] as const];
    }),
  );
  if (!fields.has("limit") && !fields.has("remaining")) return undefined;
  const [limit, remaining] = [numberIn(fields.get("limit")), numberIn(fields.get("remaining"))];
  const resetMs = untilMs(fields.get("reset"), nowMs);
  return {
    of: "requests",
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetMs !== undefined && { resetMs }),
  };
}

/** The members of a list. Strings may hold commas and semicolons. */
function membersOf(text: string): readonly Member[] {
  // A string without an end makes the whole field none (RFC 9651, 4.2).
  if (text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").includes('"')) return [];
  const members: Member[] = [];
  for (const [member] of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)) {
    if (members.length === MOST_MEMBERS) break;
    const [value = "", ...rest] = [...member.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g)].map(([part]) => part.trim());
    const parameters = new Map(
      rest.flatMap((part) => {
        const at = part.indexOf("=");
        return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const];
      }),
    );
    if (value !== "") members.push({ value, parameters });
  }
  return members;
}

/** A string, or a token: a policy's name. A number is none. */
const nameIn = (value: string): string | undefined =>
  /^"(.*)"$/.exec(value)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? (/^[A-Za-z*][\w.:*/-]*$/.test(value) ? value : undefined);

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
