import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startFakeOllama, type CallBody } from "../../src/entries/testing.ts";
import { newProject } from "../cli/holdfast.ts";
import { readCached, readItemIds, readRecorded } from "./answers-kept.ts";
import type { Errand } from "./errand.ts";

/** `holdfast import` of a chat that is cut into parts, one of which is cut again, and of others, with a fake Ollama. */
export async function importErrand({ window = 3 }: { readonly window?: number } = {}): Promise<Errand> {
  const cwd = newProject();
  mkdirSync(join(cwd, "chats"));
  writeFileSync(join(cwd, "chats", "conversations.json"), JSON.stringify(CHATS));
  const refusal = { error: "the prompt exceeds the available context size, try increasing it" };
  const server = await startFakeOllama({
    answer: answerTo,
    delayMs: 5,
    faults: (_, body) => (isRefused(promptOf(body)) ? { does: "respond", status: 400, body: refusal } : undefined),
  });
  const callsMade = (): readonly string[] => server.calls.map(({ body }) => nameOf(promptOf(body)));
  return {
    cwd,
    begin: [
      ..."import chats --out notes --llm ollama:llama3.2 --num-ctx 4096".split(" "),
      ...`--ollama-url ${server.url} --window ${window} --concurrency ${window}`.split(" "),
    ],
    phase: "import",
    paidSteps: new Set(["extract_knowledge", "merge_notes"]),
    own: [server.url, `127.0.0.1:${server.port}`],
    callsMade,
    callsInFlight() {
      // What merges the parts is not cached: its answer is kept by its record.
      const kept = [...readCached(cwd), ...readRecorded(cwd)].join("\n");
      const isCutAgain = readItemIds(cwd).some((id) => /\/\d+\/\d+$/.test(id));
      const isKept = (call: string): boolean => (call.endsWith(REFUSED) ? isCutAgain : kept.includes(call));
      return new Set(callsMade().filter((call) => !isKept(call)));
    },
    remove() {
      rmSync(cwd, { recursive: true, force: true });
      void server[Symbol.asyncDispose]();
    },
  };
}

const LONG_MESSAGES = 24;

const CHATS: readonly object[] = [
  chat("a", { name: "A long dive", texts: Array.from({ length: LONG_MESSAGES }, (_, n) => longText(n)) }),
  chat("b", {
    name: "Ropes",
    texts: ["Which rope holds a boat?", "One of nylon, as it gives.", "And in the cold?", "The same."],
  }),
  chat("c", { name: "Too short", texts: ["Is it low tide?"] }),
  chat("d", {
    name: "A buoy that says nothing",
    texts: ["Whose is the nameless buoy?", "Nobody knows that.", "Why?", "It has no name."],
  }),
];

function chat(id: string, { name, texts }: { readonly name: string; readonly texts: readonly string[] }): object {
  const times = { created_at: "2026-01-05T10:00:00Z", updated_at: "2026-01-05T11:00:00Z" };
  const chatMessages = texts.map((text, n) => ({
    uuid: `${id}-${n}`,
    text,
    content: [{ type: "text", text }],
    sender: n % 2 === 0 ? "human" : "assistant",
    ...times,
    attachments: [],
    files: [],
  }));
  return { uuid: `00000000-0000-4000-8000-00000000000${id}`, name, ...times, chat_messages: chatMessages };
}

/** A good 1,500 characters, with a block of code in each sixth message. */
function longText(n: number): string {
  const lines = Array.from(
    { length: 14 },
    (_, m) => `On day ${n} the diver wrote that kelp number ${m} had held on, and the rock beside it had not.`,
  );
  return [...lines, ...(n % 6 === 5 ? [`\`\`\`python\ndef day_${n}():\n    return ${n}\n\`\`\``] : [])].join("\n\n");
}

const promptOf = ({ messages = [], prompt = "" }: CallBody): string =>
  [prompt, ...messages.map(({ content }) => content)].join("\n");

const REFUSED = " refused";

/** The server finds one of the parts too long after all, until it is cut again. */
const isRefused = (prompt: string): boolean =>
  prompt.includes("On day 9 ") && prompt.length > 7_000 && !prompt.includes("<notes>");

/** The same for the same prompt; it is in the answer too, so that one sees in what was kept which call it was for. */
function nameOf(prompt: string): string {
  const name = `call-${createHash("sha256").update(prompt).digest("hex").slice(0, 10)}`;
  return isRefused(prompt) ? name + REFUSED : name;
}

function answerTo(body: CallBody): string {
  const prompt = promptOf(body);
  const title = prompt.includes("nameless buoy") ? "Untitled" : `What ${nameOf(prompt)} says`;
  const markers = prompt.match(/^\*\*code-\d+\*\*(?= \()/gm) ?? [];
  const said =
    `This is what ${nameOf(prompt)} was told, and it goes on for long enough that it says something. `.repeat(6);
  return [
    `# ${title}`,
    "## Summary\nA note on kelp.",
    "## Tags\nkelp, rock",
    `## Content\n${[said, ...markers].join("\n\n")}`,
  ].join("\n\n");
}
