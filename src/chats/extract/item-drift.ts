import type { JsonValue } from "../../core/base/index.ts";
import { type Drift, driftName } from "./drift.ts";
import { type Fields, isFields } from "../../stages/extract/input/index.ts";

/**
 * What is unknown in a conversation, stored in the item's metadata under `drift` for the report of a session. It holds
 * names of types and fields with their counts, and no text of the chat. Nothing when everything is known.
 */
export function driftMetadata(
  service: string,
  drift: Drift | undefined,
  element: Fields,
): Readonly<Record<string, JsonValue>> {
  if (!drift) return {};
  const { contentTypes, roles, recipients, fields } = drift;
  if ([contentTypes, roles, recipients, fields].every((counts) => Object.keys(counts).length === 0)) return {};
  const shapes = shapesOf(element, Object.keys(contentTypes));
  return { drift: { service, contentTypes, roles, recipients, fields, shapes } };
}

/** Fields that say of what type a block is, in one service's export or another's. */
const TYPE_FIELDS = ["type", "content_type"] as const;

/** Types and fields of one conversation that are kept; a service has a handful. */
const MAX_TYPES = 50;
const MAX_FIELDS = 50;

type Shape = Record<string, string>;

/** For each unknown type, the types of the fields that blocks of it have: `{"seconds": "number"}`. */
function shapesOf(element: Fields, types: readonly string[]): Readonly<Record<string, Shape>> {
  const shapes = new Map(types.slice(0, MAX_TYPES).map((type): [string, Shape] => [type, {}]));
  if (shapes.size > 0) {
    visit(element, (block) => {
      const field = TYPE_FIELDS.find((name) => Object.hasOwn(block, name));
      const shape = field && shapes.get(driftName(block[field]));
      if (shape) addFields(block, shape);
    });
  }
  return Object.fromEntries(shapes);
}

function addFields(block: Fields, shape: Shape): void {
  for (const [field, value] of Object.entries(block)) {
    const name = driftName(field);
    if (Object.keys(shape).length >= MAX_FIELDS && !Object.hasOwn(shape, name)) return;
    shape[name] = bothTypes(Object.hasOwn(shape, name) ? shape[name] : undefined, typeOf(value));
  }
}

/** `number`, or `null or number` where it varies. */
function bothTypes(before: string | undefined, type: string): string {
  if (before === undefined || before === type) return type;
  const types = before.split(" or ");
  return types.includes(type) ? before : [...types, type].sort().join(" or ");
}

const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

const MAX_DEPTH = 40;

/** Every object in the value, down to a depth that no export has. */
function visit(value: unknown, look: (block: Fields) => void, depth = 0): void {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
  if (isFields(value)) look(value);
  for (const part of Object.values(value)) visit(part, look, depth + 1);
}
