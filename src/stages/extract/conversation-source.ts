import { resolve } from "node:path";
import { HoldfastError } from "../../core/errors.ts";
import type { BrokenElement, Source, SourceContext, SourceInput, SourceRecord } from "../../core/source.ts";
import type { Conversation } from "../conversation.ts";
import type { ConversationFormat } from "./conversation-format.ts";
import { type ExportFile, openExport } from "./export-files/index.ts";
import { fingerprint } from "./input-file.ts";
import { type ParsedElement, type UnparsedElement, parseElements } from "./json-elements/index.ts";
import { type Fields, isFields } from "./json-fields.ts";
import { type Copy, NewestCopies } from "./newest-copies.ts";
import { requireProvider } from "./provider.ts";

export { Branches } from "./conversation-format.ts";
export type { ConversationFormat, ParsedConversation, ParseOptions } from "./conversation-format.ts";

/**
 * A source of the conversations in an export. It reads the export twice: once to count, and to see which copies of a
 * conversation are older ones; then to put them out one at a time. A relative path is one in the current folder.
 */
export function conversationSource(path: string, format: ConversationFormat): Source<Conversation> {
  const absolutePath = resolve(path);
  return {
    name: format.sourceName,
    version: format.version,
    check: (ctx) => checkExport(absolutePath, format, ctx),
    read: (ctx) => readExport(absolutePath, format, ctx),
  };
}

async function checkExport(
  path: string,
  format: ConversationFormat,
  { signal }: SourceContext,
): Promise<readonly SourceInput[]> {
  const { inputPaths, files } = await openExport(path);
  await requireProvider(format.provider, path, files, signal);
  const inputs: SourceInput[] = [];
  for (const inputPath of inputPaths) inputs.push(await fingerprint(inputPath));
  return inputs;
}

async function* readExport(
  path: string,
  format: ConversationFormat,
  { signal }: SourceContext,
): AsyncGenerator<SourceRecord<Conversation>, void, undefined> {
  const { files } = await openExport(path);
  const copies = new NewestCopies();
  let count = 0;
  for await (const element of elementsOf(files, format)) {
    signal.throwIfAborted();
    count++;
    if (element.kind === "conversation") copies.see(element);
  }
  yield { kind: "total", count };
  for await (const element of elementsOf(files, format)) {
    signal.throwIfAborted();
    yield element.kind === "broken" ? element : record(element, format, copies);
  }
}

interface ConversationElement extends Copy {
  readonly kind: "conversation";
  readonly sourcePath: string;
  readonly fields: Fields;
}

async function* elementsOf(
  files: readonly ExportFile[],
  format: ConversationFormat,
): AsyncGenerator<ConversationElement | BrokenElement, void, undefined> {
  for (const file of files) {
    for await (const element of parseElements(file.read())) yield elementOf(element, file, format, files.length > 1);
  }
}

function elementOf(
  element: ParsedElement | UnparsedElement,
  file: ExportFile,
  format: ConversationFormat,
  isOneOfSeveral: boolean,
): ConversationElement | BrokenElement {
  const { index } = element;
  const place = `${file.name}#${index}`;
  const sourcePath = `${file.path}#${index}`;
  if (element.kind === "broken") return broken(place, sourcePath, element.reason, element.text);
  const { value } = element;
  if (!isFields(value)) return broken(place, sourcePath, "is not an object", shown(value));
  const complaint = format.complaint(value);
  if (complaint !== undefined) return broken(place, sourcePath, complaint, shown(value));
  const { id = place, updatedAt } = format.identify(value);
  return {
    kind: "conversation",
    id,
    place: isOneOfSeveral ? place : String(index),
    updatedAt,
    sourcePath,
    fields: value,
  };
}

function record(
  element: ConversationElement,
  format: ConversationFormat,
  copies: NewestCopies,
): SourceRecord<Conversation> {
  const { id, place, sourcePath, fields } = element;
  const itemId = `${format.provider}:${id}`;
  const newest = copies.newestOf(element);
  if (newest.place !== place) {
    return { kind: "skipped", itemId: `${itemId}#${place}`, sourcePath, reason: OLDER_COPY };
  }
  const { conversation, ...rest } = format.parse(fields, id);
  return { kind: "item", itemId, sourcePath, content: conversation, ...rest };
}

/** Names no chat: equal reasons are counted together in the summary of a run. */
const OLDER_COPY = "a newer copy of this chat is in the same export";

const SHOWN_CHARACTERS = 2_000;

const shown = (value: unknown): string => JSON.stringify(value).slice(0, SHOWN_CHARACTERS).toWellFormed();

function broken(itemId: string, sourcePath: string, reason: string, input: string): BrokenElement {
  const error = new HoldfastError(
    "input_malformed",
    `Conversation ${itemId} ${reason}. The others are not touched by it.`,
    {
      hint: "Ask the service for a new export if the conversation matters.",
    },
  );
  return { kind: "broken", itemId, sourcePath, error, input };
}
