import type { Message } from "../../conversation.ts";
import { type DriftSign, driftName } from "../drift.ts";
import { type Fields, isFields, textOf } from "../../../stages/extract/input/index.ts";
import type { NodeReading } from "../message-tree/index.ts";
import { wrongFields } from "../wrong-fields.ts";
import { attachmentsOf } from "./attachments.ts";
import { readCanvas } from "./canvas.ts";
import { readContent } from "./content.ts";
import type { MappingEntry } from "./mapping-paths.ts";
import { type MessageFacts, messageFacts } from "./message-facts.ts";
import { isCanvas, isKnownRecipient } from "./recipient.ts";
import { unixTimeOf } from "./time.ts";
import { isHidden } from "./visibility.ts";

/** Reads one entry of `mapping`. Never throws: a field of a wrong type counts as missing. */
export function readMessage({ id, message, documentId }: MappingEntry): NodeReading {
  if (message === null || message === undefined) return NOTHING;
  if (!isFields(message)) return { ...NOTHING, drift: [{ kind: "contentType", name: "(not a message)" }] };
  const facts = messageFacts(message);
  const { role = "assistant", metadata } = facts;
  const canvas = isCanvas(facts.recipient) && role !== "tool" ? readCanvas(facts, documentId, id) : undefined;
  const { text, pages = [], unknownTypes } = canvas ? { text: canvas.text, unknownTypes: [] } : readContent(facts);
  const drift = [...driftOf(message, facts), ...unknownTypes.map(unknownType)];
  if (isHidden(message, facts)) return { ...NOTHING, drift };

  const createdAt = unixTimeOf(message["create_time"]);
  const attachments = attachmentsOf(metadata);
  const shown: Message = { role, text: text.trim(), ...(createdAt !== undefined && { createdAt }), attachments };
  return {
    message: shown.text !== "" || attachments.length > 0 ? shown : undefined,
    pages,
    artifactChanges: canvas?.change ? [canvas.change] : [],
    drift,
  };
}

const NOTHING: NodeReading = { message: undefined, pages: [], artifactChanges: [], drift: [] };

const unknownType = (name: string): DriftSign => ({ kind: "contentType", name });

function driftOf(message: Fields, { role, recipient }: MessageFacts): readonly DriftSign[] {
  const author = isFields(message["author"]) ? message["author"] : {};
  const roles: readonly DriftSign[] = role ? [] : [{ kind: "role", name: driftName(author["role"]) }];
  const recipients: readonly DriftSign[] = isKnownRecipient(recipient)
    ? []
    : [{ kind: "recipient", name: driftName(textOf(recipient)) }];
  return [...roles, ...recipients, ...wrongFields("message", message, FIELD_TYPES)];
}

const FIELD_TYPES = {
  id: ["string"],
  author: ["object"],
  create_time: ["number", "string"],
  content: ["object"],
  status: ["string"],
  weight: ["number"],
  metadata: ["object"],
  recipient: ["string"],
  channel: ["string"],
} as const;
