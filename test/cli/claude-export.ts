import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SUBJECTS = ["kelp", "lighthouses", "tides", "ropes", "anchors", "charts", "harbours"];

/** A Claude export in the real format with `count` conversations of four messages, each different from the others. */
export function writeClaudeExport(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true });
  const conversations = Array.from({ length: count }, (_, n) => conversation(n));
  writeFileSync(join(folder, "conversations.json"), JSON.stringify(conversations));
  return folder;
}

/** One conversation; `n` decides all of it. */
export function conversation(n: number): object {
  const subject = SUBJECTS[n % SUBJECTS.length];
  const uuid = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  const at = (minute: number): string =>
    `2026-01-${String(1 + (n % 28)).padStart(2, "0")}T10:${String(minute).padStart(2, "0")}:00.000000Z`;
  const message = (sender: string, index: number, text: string): object => ({
    uuid: `${uuid}-${index}`,
    text,
    content: [{ type: "text", text, citations: [] }],
    sender,
    created_at: at(index),
    updated_at: at(index),
    attachments: [],
    files: [],
  });
  return {
    uuid,
    name: `Question ${n} about ${subject}`,
    created_at: at(0),
    updated_at: at(9),
    account: { uuid: "11111111-1111-4111-8111-111111111111" },
    chat_messages: [
      message("human", 1, `What should I know about ${subject} number ${n} before I go out?`),
      message(
        "assistant",
        2,
        `The main fact about ${subject} number ${n} is that the weather decides. Look at the barometer first.`,
      ),
      message("human", 3, `We decided to use plan ${n} for the ${subject}. Is that wise?`),
      message(
        "assistant",
        4,
        `Plan ${n} is sound as long as somebody stays on watch. Write the times down before you leave.`,
      ),
    ],
  };
}
