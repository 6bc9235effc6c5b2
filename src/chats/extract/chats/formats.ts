import { CHATGPT_FORMAT } from "../chatgpt/index.ts";
import { CLAUDE_FORMAT } from "../claude/index.ts";
import type { ConversationFormat } from "../conversation-format.ts";

/** The formats that can be distinguished. */
export const FORMATS: readonly ConversationFormat[] = [CLAUDE_FORMAT, CHATGPT_FORMAT];
