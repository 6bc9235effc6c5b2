import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";

const WORDS =
  "kelp holdfast rock storm tide current frond anchor forest urchin otter light depth water salt wave shore reef cold deep grow hold tear drift root blade stem spore the a of and in to is that it for on with as by from at which when while because 海 昆布 岩 嵐 潮".split(
    " ",
  );

/** Random numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One conversation of a Claude export with so many bytes of JSON, more or less. */
export function chat(number: number, bytes: number): object {
  const random = randomFrom(number + 1);
  const pick = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? "";
  const prose = (words: number): string => Array.from({ length: words }, pick).join(" ");
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const at = new Date(Date.UTC(2025, 0, 1) + number * 60_000).toISOString();
  const messages: object[] = [];
  for (let size = 400; size < bytes;) {
    const isQuestion = messages.length % 2 === 0;
    // An answer has paragraphs, a list and code, with the escapes that those bring.
    const text = isQuestion
      ? `How does the ${pick()} ${pick()} hold on to the ${pick()}? ${prose(20)}`
      : `${prose(60)}.\n\n- ${prose(8)}\n- "${prose(8)}"\n\n\`\`\`ts\nconst depth = "${pick()}\\n";\n\`\`\`\n\n${prose(80)}.`;
    const place = messages.length;
    const message = {
      uuid: `${uuid.slice(0, -4)}${String(place).padStart(4, "0")}`,
      text,
      content: [{ start_timestamp: at, stop_timestamp: at, type: "text", text, citations: [] }],
      sender: isQuestion ? "human" : "assistant",
      created_at: at,
      updated_at: at,
      attachments: [],
      files: [],
    };
    messages.push(message);
    size += Buffer.byteLength(JSON.stringify(message)) + 1;
  }
  const account = { uuid: "11111111-1111-4111-8111-111111111111" };
  return {
    uuid,
    name: `${prose(4)} ${number}`,
    summary: "",
    created_at: at,
    updated_at: at,
    account,
    chat_messages: messages,
  };
}

/** The text of an export, in pieces. Few conversations are made and used again under new ids: making them is slow. */
export function* exportText(bytes: number, chatBytes: number): Generator<string> {
  const templates = Array.from({ length: 200 }, (_, number) =>
    JSON.stringify(chat(number, chatBytes * (0.25 + (number % 7) * 0.25))),
  );
  yield "[";
  for (let number = 0, written = 1; written < bytes; number++) {
    const template = templates[number % templates.length] ?? "";
    const old = String(number % templates.length).padStart(12, "0");
    const text = template.replaceAll(`8000-${old.slice(0, 8)}`, `8000-${String(number).padStart(8, "0")}`);
    yield number === 0 ? text : `,${text}`;
    written += Buffer.byteLength(text) + 1;
  }
  yield "]";
}

/** Writes a `conversations.json` of so many bytes, and returns how many it got. */
export async function writeChats(
  path: string,
  { bytes, chatBytes }: { bytes: number; chatBytes: number },
): Promise<number> {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  let written = 0;
  for (const text of exportText(bytes, chatBytes)) {
    written += Buffer.byteLength(text);
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await finished(file);
  return written;
}
