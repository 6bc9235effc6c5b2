import { HoldfastError } from "../../core/errors.ts";
import type { ExportFile } from "./export-files/index.ts";
import { parseElements } from "./json-elements/index.ts";
import { isFields } from "./json-fields.ts";

/** The field that only this service's conversations have, by service. */
const MARKS = {
  claude: { label: "Claude", field: "chat_messages" },
  chatgpt: { label: "ChatGPT", field: "mapping" },
} as const;

/** A service whose exports are known; not each of them can be read yet. */
export type Provider = keyof typeof MARKS;

const PROVIDERS: readonly Provider[] = ["claude", "chatgpt"];

/** The service a conversation came from, by its fields. */
function providerOf(element: unknown): Provider | undefined {
  return isFields(element) ? PROVIDERS.find((provider) => Object.hasOwn(element, MARKS[provider].field)) : undefined;
}

/**
 * Makes sure that the files are an export of the wanted service. It reads until the first conversation of any service,
 * so only a wrong file is read whole. Throws `input_malformed`, saying what was expected and what was found.
 */
export async function requireProvider(
  wanted: Provider,
  path: string,
  files: readonly ExportFile[],
  signal: AbortSignal,
): Promise<void> {
  let elements = 0;
  let found: string | undefined;
  for (const file of files) {
    for await (const element of parseElements(file.read())) {
      signal.throwIfAborted();
      elements++;
      const provider = element.kind === "parsed" ? providerOf(element.value) : undefined;
      if (provider === wanted) return;
      if (provider) throw otherProvider(path, wanted, provider);
      found ??= element.kind === "broken" ? `an element that ${element.reason}` : describe(element.value);
    }
  }
  throw found === undefined ? noConversations(path) : noExport(path, wanted, elements, found);
}

function otherProvider(path: string, wanted: Provider, found: Provider): HoldfastError {
  const message = `${path} is a ${MARKS[found].label} export: ${MARKS[found].label} exports are not supported yet.`;
  return new HoldfastError("input_malformed", message, { hint: `Give a ${MARKS[wanted].label} export.` });
}

function noConversations(path: string): HoldfastError {
  return new HoldfastError("input_malformed", `${path} holds no conversations.`, {
    hint: "The export is empty: ask for a new one, from the account the chats are in.",
  });
}

function noExport(path: string, wanted: Provider, elements: number, found: string): HoldfastError {
  const { label, field } = MARKS[wanted];
  return new HoldfastError(
    "input_malformed",
    `${path} is no ${label} export: expected conversations with the field \`${field}\`, found ${found} (the first of ${elements}).`,
    { hint: `Give the zip file that ${label} sent, the folder it was unpacked to, or its conversations.json.` },
  );
}

const SHOWN_FIELDS = 8;

/** Names fields and never shows what is in them: the message may be sent to someone. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (!isFields(value)) return value === null ? "null" : `a ${typeof value}`;
  const names = Object.keys(value).slice(0, SHOWN_FIELDS);
  return names.length === 0 ? "an object without fields" : `an object with the fields ${names.join(", ")}`;
}
