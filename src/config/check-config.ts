import { inspect } from "node:util";
import { editDistance } from "../core/base/index.ts";
import { HoldfastError, secretMask, type Environment, type Mask } from "../core/failure/index.ts";
import type { HoldfastConfig } from "./define-config.ts";
import { SETTINGS, type Setting } from "./settings.ts";

export interface CheckConfigOptions {
  /** The file that the settings come from, for the message. */
  readonly path: string;
  /** The environment: the settings may not contain the values of its secrets. */
  readonly env: Environment;
}

/** Throws a `HoldfastError` (`usage`) that names each setting that is unknown, wrong, or a secret. */
export function assertConfig(given: unknown, { path, env }: CheckConfigOptions): asserts given is HoldfastConfig {
  const mask = secretMask(env);
  const problems = isRecord(given)
    ? [...Object.entries(given).flatMap(([name, value]) => problemOf(name, value, mask)), ...twoModels(given)]
    : [`Expected an object of settings, got ${show(given)}.`];
  if (problems.length > 0) {
    throw new HoldfastError("usage", `${path}: ${problems.join(" ")}`, {
      hint: { kind: "fix_config" },
    });
  }
}

function problemOf(name: string, value: unknown, mask: Mask): readonly string[] {
  if (!isSetting(name)) return [SECRET_NAME.test(name) ? secretNamed(name) : unknownSetting(name)];
  if (value === undefined) return [];
  const { rule, expected, isCode = false }: Setting<unknown> = SETTINGS[name];
  if (!isCode && textsIn(value).some((text) => mask(text) !== text)) return [secretIn(name)];
  const result = rule.safeParse(value);
  if (result.success) return [];
  const [, ...rest] = [name, ...(result.error.issues[0]?.path ?? [])];
  const place = rest.length === 0 ? "" : `, at ${rest.map(String).join(".")}: ${result.error.issues[0]?.message}`;
  return [`Expected \`${name}\` to be ${expected}, got ${isCode ? briefly(value) : show(value)}${place}.`];
}

const twoModels = ({ llm, model }: Readonly<Record<string, unknown>>): readonly string[] =>
  llm === undefined || model === undefined ? [] : ["Expected one of `llm` and `model`, got both."];

const SECRET_NAME = /key$|token$|secret|passw|credential/i;

const secretNamed = (name: string): string =>
  `\`${name}\` looks like a secret by its name. Secrets come from environment variables such as OPENAI_API_KEY, never from a file.`;

const secretIn = (name: string): string =>
  `\`${name}\` holds a secret. Secrets come from environment variables such as OPENAI_API_KEY, never from a file.`;

function unknownSetting(name: string): string {
  const known = Object.keys(SETTINGS);
  const near = known.find((other) => editDistance(name.toLowerCase(), other.toLowerCase()) <= FEW_LETTERS);
  const meant = near === undefined ? "" : ` Did you mean \`${near}\`?`;
  return `There is no setting \`${name}\`.${meant} The settings are ${known.join(", ")}.`;
}

const FEW_LETTERS = 2;

const isSetting = (name: string): name is keyof HoldfastConfig => Object.hasOwn(SETTINGS, name);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every string in a value, names of fields included. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
}

/** Not its fields: there may be a key in them. */
const briefly = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? "an object that is none"
    : typeof value === "function"
      ? "a function"
      : show(value);

const show = (value: unknown): string => inspect(value, { depth: 2, breakLength: Infinity });
