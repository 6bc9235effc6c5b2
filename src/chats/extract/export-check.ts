import { HoldfastError } from "../../core/failure/index.ts";
import type { ConversationFormat } from "./conversation-format.ts";
import { type ElementOptions, elementsOf } from "./export-elements.ts";
import type { ExportFile } from "./export-files/index.ts";
import { PROVIDERS, providerOf } from "./provider.ts";

export interface CheckOptions extends ElementOptions {
  readonly signal: AbortSignal;
}

/**
 * Checks that there is a conversation of one of the wanted services. It reads until the first one, so only what holds
 * none is read whole. Throws `input_malformed`, saying what was expected and what was found.
 */
export async function requireConversation(
  path: string,
  files: readonly ExportFile[],
  options: CheckOptions,
): Promise<void> {
  const found = await findConversation(files, options);
  if (found.kind === "conversation") return;
  if (found.damage) throw found.damage;
  if (found.elements === 0) throw noConversations(path);
  throw found.other === undefined ? noExport(path, options, found) : otherService(path, options.formats, found.other);
}

/** What was found in an export. */
export type Found =
  | { readonly kind: "conversation" }
  | {
      readonly kind: "none";
      readonly elements: number;
      /** What the first element is. */
      readonly first: string | undefined;
      /** A service whose chats are there and are not wanted. */
      readonly other: string | undefined;
      readonly damage: HoldfastError | undefined;
    };

/** Reads until the first conversation. */
export async function findConversation(files: readonly ExportFile[], options: CheckOptions): Promise<Found> {
  let elements = 0;
  let first: string | undefined;
  let other: string | undefined;
  let damage: HoldfastError | undefined;
  for (const file of files) {
    for await (const element of elementsOf(file, options)) {
      options.signal.throwIfAborted();
      elements++;
      if (element.kind === "conversation") return element;
      if (element.kind === "unknown") {
        const provider = providerOf(element.value);
        other ??= provider && PROVIDERS[provider].label;
        first ??= element.description;
      } else {
        damage ??= element.cause;
        first ??= `an element that ${element.reason}`;
      }
    }
  }
  return { kind: "none", elements, first, other, damage };
}

const labelsOf = (formats: readonly ConversationFormat[]): string =>
  formats.map(({ provider }) => PROVIDERS[provider].label).join(" or ");

function otherService(path: string, formats: readonly ConversationFormat[], label: string): HoldfastError {
  const wanted = labelsOf(formats);
  return new HoldfastError("input_malformed", `${path} is a ${label} export, but you asked for ${wanted} chats.`, {
    hint: `Give a ${wanted} export, or do not name a service: Holdfast detects it.`,
  });
}

function noConversations(path: string): HoldfastError {
  return new HoldfastError("input_malformed", `${path} holds no conversations.`, {
    hint: "The export is empty. Request a new one from the account that has the chats.",
  });
}

function noExport(
  path: string,
  { formats, from }: CheckOptions,
  { elements, first = "nothing" }: Extract<Found, { kind: "none" }>,
): HoldfastError {
  const wanted = formats.filter(({ provider }) => from === undefined || provider === from);
  const expected = wanted.map(({ provider: name }) => `\`${PROVIDERS[name].field}\` (${PROVIDERS[name].label})`);
  // Whoever named a service is not asked to name it again.
  const others = formats.map(({ provider }) => provider).filter((provider) => provider !== from);
  return new HoldfastError(
    "input_malformed",
    `${path} is not a chat export that can be read: expected conversations with the field ${expected.join(" or ")}, found ${first} (the first of ${elements}).`,
    { hint: { kind: "name_provider", providers: others } },
  );
}
