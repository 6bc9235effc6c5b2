import type { Material, MaterialMessage } from "../../core/model/index.ts";
import { readBlocks, type Block } from "./markdown-blocks.ts";

/** One message, read. */
export interface Voice {
  /** Whether the person says it who asks; otherwise it is the one who answers. */
  readonly asks: boolean;
  readonly blocks: readonly Block[];
}

export interface Voices {
  /** What was said in the chat, in order. */
  readonly said: readonly Voice[];
  /** What the chat was about but nobody said in it: documents, tool output. */
  readonly background: readonly Voice[];
}

const ASKING_ROLES: ReadonlySet<string> = new Set(["user", "human"]);
const BACKGROUND_ROLES: ReadonlySet<string> = new Set(["attachment", "artifact", "tool", "function"]);
const HIDDEN_ROLES: ReadonlySet<string> = new Set(["system", "developer"]);

/** Separates what was said from background material. A chat in which nobody says a word is all background. */
export function readVoices(material: Material): Voices {
  const spoken = material.messages.filter(({ role, text }) => !HIDDEN_ROLES.has(role) && text.trim() !== "");
  const isBackground = ({ role }: MaterialMessage): boolean => BACKGROUND_ROLES.has(role);
  const said = spoken.filter((message) => !isBackground(message)).map(readVoice);
  const background = spoken.filter(isBackground).map(readVoice);
  return said.length > 0 ? { said, background } : { said: background, background: [] };
}

const readVoice = ({ role, text }: MaterialMessage): Voice => ({
  asks: ASKING_ROLES.has(role),
  blocks: readBlocks(withoutToolLines(text.toWellFormed())),
});

/** Lines in brackets that report what a tool did: `[web_search: kelp]`, `[artifact updated: Plan]`. */
const withoutToolLines = (text: string): string =>
  text.replaceAll(/^\[(?:artifact(?: updated)?|[a-z][\w-]*(?: gave| failed)?): .*\]$/gm, "");
