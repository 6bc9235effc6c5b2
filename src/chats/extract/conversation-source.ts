import { resolve } from "node:path";
import { messageOf } from "../../core/failure/index.ts";
import type { BrokenElement, Source, SourceContext, SourceInput, SourceRecord } from "../../core/pipeline/index.ts";
import type { Conversation } from "../conversation.ts";
import type { ConversationFormat, ParseOptions } from "./conversation-format.ts";
import { requireConversation } from "./export-check.ts";
import { type ConversationElement, brokenElement, elementsOf, placeOf } from "./export-elements.ts";
import { type ExportFile, type ExportFiles, openExport } from "./export-files/index.ts";
import { type ExportSurvey, surveyExport } from "./export-survey.ts";
import { fingerprint } from "../../stages/extract/input/index.ts";
import { driftMetadata } from "./item-drift.ts";
import { leftOutRecords } from "./left-out.ts";
import type { Provider } from "./provider.ts";

export { Branches } from "./conversation-format.ts";
export type { ConversationFormat, ParseOptions } from "./conversation-format.ts";

export interface ConversationSourceOptions extends ParseOptions {
  /** Takes all elements for this service's, whatever they look like. */
  readonly from?: Provider | undefined;
  /** A folder that is not searched, such as the one that notes go to. */
  readonly except?: string | undefined;
}

interface Reading extends ConversationSourceOptions {
  /** Absolute. */
  readonly path: string;
  readonly formats: readonly ConversationFormat[];
}

/** A source of the conversations of one service, named as its format says. See {@link readExport}. */
export function conversationSource(
  path: string,
  format: ConversationFormat,
  options: ConversationSourceOptions = {},
): Source<Conversation> {
  const reading = { ...options, path: resolve(path), formats: [format] };
  return {
    name: format.sourceName,
    version: format.version,
    check: (ctx) => checkExport(reading, ctx),
    read: (ctx) => readExport(reading, ctx),
  };
}

/** Throws when there is no conversation to read; otherwise returns what there is to read. */
export async function checkExport(reading: Reading, { signal }: SourceContext): Promise<readonly SourceInput[]> {
  const { inputPaths, files } = await openExport(reading.path, reading);
  await requireConversation(reading.path, files, { ...reading, signal });
  const inputs: SourceInput[] = [];
  for (const inputPath of inputPaths) inputs.push(await fingerprint(inputPath));
  return inputs;
}

/**
 * The conversations of an export, each with the service that its own fields name. The export is read twice: once to
 * count, to see which copies of a conversation are older ones, and which files hold none; then to put them out one at a
 * time. What is not read is put out as skipped, or as broken where something may be lost.
 */
export async function* readExport(
  reading: Reading,
  { signal }: SourceContext,
): AsyncGenerator<SourceRecord<Conversation>, void, undefined> {
  const opened = await openExport(reading.path, reading);
  const survey = await surveyExport(opened.files, { ...reading, signal });
  const leftOut = leftOutRecords(opened, survey);
  yield { kind: "total", count: survey.elements + leftOut.length };
  yield* leftOut;
  for (const file of opened.files) {
    for await (const record of recordsOf(file, reading, opened, survey)) {
      signal.throwIfAborted();
      yield record;
    }
  }
}

async function* recordsOf(
  file: ExportFile,
  reading: Reading,
  { files }: ExportFiles,
  survey: ExportSurvey,
): AsyncGenerator<SourceRecord<Conversation>, void, undefined> {
  const otherwise = survey.providerOf(file);
  if (otherwise === undefined) return;
  const isOneOfSeveral = files.length > 1;
  for await (const element of elementsOf(file, { ...reading, otherwise })) {
    // In a file with conversations, every element is one, or a broken one.
    if (element.kind === "unreadable") yield brokenElement(element, file);
    else if (element.kind === "conversation") yield recordOf(element, file, { reading, survey, isOneOfSeveral });
    else yield unwanted(element.index, element.description, file);
  }
}

interface RecordContext {
  readonly reading: Reading;
  readonly survey: ExportSurvey;
  readonly isOneOfSeveral: boolean;
}

function recordOf(
  element: ConversationElement,
  file: ExportFile,
  { reading, survey, isOneOfSeveral }: RecordContext,
): SourceRecord<Conversation> {
  const { itemId, id, index, fields, format } = element;
  const place = placeOf(file, index);
  const sourcePath = `${file.path}#${index}`;
  if (!survey.isNewest(itemId, place)) {
    return { kind: "skipped", itemId: `${itemId}#${isOneOfSeveral ? place : index}`, sourcePath, reason: OLDER_COPY };
  }
  const parsed = attempt(() => format.parse(fields, id, reading));
  if (parsed instanceof Error) {
    const reason = `could not be read: ${messageOf(parsed)}`;
    return brokenElement({ kind: "unreadable", index, reason, text: "" }, file);
  }
  const { conversation, metadata, drift } = parsed;
  const facts = { ...metadata, ...driftMetadata(format.provider, drift, fields) };
  const hasFacts = Object.keys(facts).length > 0;
  return { kind: "item", itemId, sourcePath, content: conversation, ...(hasFacts && { metadata: facts }) };
}

/** Formats must not throw. If one does anyway, only that chat fails. */
function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Without the chat's name: equal reasons are counted together in the summary of a run. */
const OLDER_COPY = "a newer copy of this chat is in the same export";

function unwanted(index: number, description: string, file: ExportFile): BrokenElement {
  const reason = `is not from a service that was asked for: found ${description}`;
  return brokenElement({ kind: "unreadable", index, reason, text: "" }, file);
}
