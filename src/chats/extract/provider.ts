import { type Fields, isFields, inOneLine } from "../../stages/extract/input/index.ts";

/** The services whose chats are known, each with the field that only its conversations have. */
export const PROVIDERS = {
  claude: { label: "Claude", field: "chat_messages" },
  chatgpt: { label: "ChatGPT", field: "mapping" },
} as const;

/** A service whose exports can be read. */
export type Provider = keyof typeof PROVIDERS;

const NAMES: readonly Provider[] = ["claude", "chatgpt"];

/** The service a conversation came from, by its fields; `undefined` for anything else, and when two could have made it. */
export function providerOf(element: unknown): Provider | undefined {
  if (!isFields(element)) return undefined;
  const [provider, ...others] = NAMES.filter((name) => Object.hasOwn(element, PROVIDERS[name].field));
  return others.length === 0 ? provider : undefined;
}

/** Other things that services export, by the fields that only those have. */
const OTHERS: readonly { readonly fields: readonly string[]; readonly holds: string }[] = [
  { fields: ["docs", "prompt_template"], holds: "projects" },
  { fields: ["conversations_memory"], holds: "memories" },
  { fields: ["project_memories"], holds: "memories" },
];

/** The kind of an element that is not a conversation, as in "projects"; `undefined` when it is unknown. */
export function otherContentOf(element: unknown): string | undefined {
  if (!isFields(element)) return undefined;
  return OTHERS.find(({ fields }) => fields.every((field) => Object.hasOwn(element, field)))?.holds;
}

const SHOWN_FIELDS = 8;

/** Names fields and never shows their values: the message may be sent to someone. */
export function describeElement(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (!isFields(value)) return value === null ? "null" : `a ${typeof value}`;
  const names = fieldNames(value);
  return names.length === 0 ? "an object without fields" : `an object with the fields ${names.join(", ")}`;
}

const NAME_CHARACTERS = 40;

const fieldNames = (value: Fields): readonly string[] =>
  Object.keys(value)
    .slice(0, SHOWN_FIELDS)
    .map((name) => inOneLine(name, NAME_CHARACTERS));
