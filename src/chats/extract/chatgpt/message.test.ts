import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeReading } from "../message-tree/index.ts";
import { type DrawnMessage, message } from "./fixtures/build.ts";
import { readMessage } from "./message.ts";
import { runs } from "../../../../test/runs.ts";

const read = (drawn: DrawnMessage): NodeReading => readRaw(message(drawn));
const readRaw = (message: unknown): NodeReading => readMessage({ id: "n0", message, documentId: undefined });
const textOf = (drawn: DrawnMessage): string | undefined => read(drawn).message?.text;

const assistant = (fields: DrawnMessage): DrawnMessage => ({ role: "assistant", ...fields });
const tool = (name: string, fields: DrawnMessage): DrawnMessage => ({ role: "tool", name, ...fields });
const image = (prompt?: string) => ({
  content_type: "image_asset_pointer",
  asset_pointer: "sediment://file_00000000a1b2",
  width: 1024,
  height: 768,
  metadata: prompt === undefined ? null : { dalle: { prompt, gen_id: "g1" } },
});
const parts = (...parts: unknown[]) => ({ content_type: "multimodal_text", parts });

describe("what the page shows is in the text", () => {
  it.each<[string, DrawnMessage, string]>([
    ["a question", { text: "How hot?" }, "How hot?"],
    [
      "an answer in several parts",
      assistant({ content: { content_type: "text", parts: ["80 °C.", "Two minutes."] } }),
      "80 °C.\n\nTwo minutes.",
    ],
    ["an answer that was interrupted", assistant({ text: "Some", fields: { status: "in_progress" } }), "Some"],
    [
      "an answer without status and weight",
      assistant({ text: "Hot.", fields: { status: undefined, weight: undefined } }),
      "Hot.",
    ],
    ["what is said before a search", assistant({ text: "Let me look.", channel: "commentary" }), "Let me look."],
    [
      "an image by its prompt",
      tool("dalle.text2im", { content: parts(image("A cup of tea")) }),
      "[image: A cup of tea]",
    ],
    [
      "an image by its title",
      tool("t2uay3k.sj4i4kz", { content: parts(image()), metadata: { image_gen_title: "Cup" } }),
      "[image: Cup]",
    ],
    ["an image of which nothing is known", { content: parts(image(), "What is this?") }, "[image]\n\nWhat is this?"],
    [
      "an image by its file's name",
      { content: parts(image()), metadata: { attachments: [{ id: "file_00000000a1b2", name: "cup.png" }] } },
      "[image: cup.png]",
    ],
    [
      "what was said aloud",
      {
        content: parts(
          { content_type: "audio_transcription", text: "How hot?", direction: "in" },
          { content_type: "real_time_user_audio_video_asset_pointer", audio_asset_pointer: {} },
        ),
      },
      "How hot?",
    ],
    [
      "that something was said of which no words are left",
      { content: parts({ content_type: "audio_asset_pointer" }) },
      "[voice message]",
    ],
    ["a video", { content: parts({ content_type: "video_container_asset_pointer" }) }, "[video]"],
    [
      "code that is run",
      assistant({ recipient: "python", content: { content_type: "code", language: "unknown", text: "print(80)\n" } }),
      "```python\nprint(80)\n```",
    ],
    [
      "code with a fence in it",
      assistant({ recipient: "python", content: { content_type: "code", text: "x = '''```'''" } }),
      "````python\nx = '''```'''\n````",
    ],
    [
      "code in a language",
      assistant({ content: { content_type: "code", language: "sql", text: "select 1" } }),
      "```sql\nselect 1\n```",
    ],
    [
      "code in no language",
      assistant({ content: { content_type: "code", language: "unknown", text: "let x = 1" } }),
      "```\nlet x = 1\n```",
    ],
    [
      "what code printed",
      tool("python", { content: { content_type: "execution_output", text: "80\n" } }),
      "```text\n80\n```",
    ],
    [
      "what code printed, for the assistant",
      tool("python", { recipient: "assistant", content: { content_type: "execution_output", text: "80" } }),
      "```text\n80\n```",
    ],
    [
      "what code drew",
      tool("python", {
        content: { content_type: "execution_output", text: "" },
        metadata: { aggregate_result: { messages: [{ message_type: "image", image_url: "file-service://x" }] } },
      }),
      "[image: made by the code]",
    ],
    [
      "an output that can be cited",
      tool("python", { content: { content_type: "citable_code_output", output_str: "80" } }),
      "```text\n80\n```",
    ],
    [
      "an error",
      tool("browser", { content: { content_type: "system_error", name: "Timeout", text: "the page\ndid not load" } }),
      "[error: Timeout: the page did not load]",
    ],
    [
      "what a tool from elsewhere gave",
      tool("kettle__jit_plugin", { text: "80 °C\nreached" }),
      "[kettle__jit_plugin gave: 80 °C reached]",
    ],
    [
      "that a document was written",
      assistant({ recipient: "canmore.create_textdoc", text: '{"name":"Tea","type":"document","content":"# Tea"}' }),
      "[document: Tea]",
    ],
  ])("%s", (_name, drawn, text) => {
    expect(textOf(drawn)).toBe(text);
    expect(read(drawn).drift).toEqual([]);
  });

  it("cuts what code printed, and says how much is left out", () => {
    const content = { content_type: "execution_output", text: "x".repeat(5_000) };
    expect(textOf(tool("python", { content }))).toBe(
      `\`\`\`text\n${"x".repeat(2_000)}\n… (3000 more characters)\n\`\`\``,
    );
  });

  it("has the time of its writing, and its files", () => {
    const attachments = [
      { id: "file-1", name: "tea.csv", size: 120, mime_type: "text/csv" },
      { id: "file-2", name: "", mimeType: "image/png", size: "big" },
      null,
    ];
    expect(read({ text: "Look.", metadata: { attachments } }).message).toEqual({
      role: "user",
      text: "Look.",
      createdAt: "2025-06-15T15:06:40.250Z",
      attachments: [
        { name: "tea.csv", mediaType: "text/csv", bytes: 120 },
        { name: "file-2", mediaType: "image/png" },
      ],
    });
    expect(read({ text: "", metadata: { attachments } }).message, "files alone are shown").toBeDefined();
  });

  it.each<[string, unknown]>([
    [
      "one page",
      { content_type: "tether_quote", url: "https://tea.example", domain: "tea.example", title: "Tea", text: "long" },
    ],
    [
      "a page in the newer form",
      { content_type: "sonic_webpage", url: "https://tea.example", title: "Tea", text: "long" },
    ],
  ])("has the pages that were read: %s", (_name, content) => {
    expect(read(tool("browser", { content }))).toMatchObject({
      message: undefined,
      pages: [{ url: "https://tea.example", title: "Tea" }],
    });
  });

  it("has the pages that a search found", () => {
    const metadata = {
      _cite_metadata: { metadata_list: [{ type: "webpage", title: "Tea", url: "https://tea.example" }] },
    };
    const content = { content_type: "tether_browsing_display", result: "# Tea\n…", summary: null };
    expect(read(tool("browser", { content, metadata })).pages).toEqual([{ url: "https://tea.example", title: "Tea" }]);
  });
});

describe("what the page hides is nowhere", () => {
  const secret = "SECRET";
  const code = (text: string) => ({ content_type: "code", language: "unknown", text });
  it.each<[string, DrawnMessage]>([
    ["instructions of the service", { role: "system", text: secret }],
    ["a message of no weight", { text: secret, weight: 0 }],
    ["a message that says it is hidden", { text: secret, metadata: { is_visually_hidden_from_conversation: true } }],
    ["instructions of the person", { text: secret, metadata: { is_user_system_message: true } }],
    [
      "what the person wrote about themselves",
      { content: { content_type: "user_editable_context", user_profile: secret, user_instructions: secret } },
    ],
    [
      "what the service remembers",
      assistant({ content: { content_type: "model_editable_context", model_set_context: secret } }),
    ],
    [
      "thoughts",
      assistant({ content: { content_type: "thoughts", thoughts: [{ summary: secret, content: secret }] } }),
    ],
    ["how long it thought", assistant({ content: { content_type: "reasoning_recap", content: secret } })],
    ["thoughts in their own channel", assistant({ text: secret, channel: "analysis" })],
    ["a call to a tool", assistant({ recipient: "dalle.text2im", text: `{"prompt":"${secret}"}` })],
    ["a note to the memory", assistant({ recipient: "bio", text: secret })],
    ["a search in code's clothes", assistant({ recipient: "web", content: code(`search("${secret}")`) })],
    ["a search to nobody", assistant({ content: code(`search("${secret}")`) })],
    ["JSON to nobody", assistant({ content: code(`{"q": "${secret}"}`) })],
    ["what the service's tools say to the model", tool("dalle.text2im", { text: secret })],
    ["what a search gave", tool("web.run", { text: secret })],
    ["the line that stands for a thought", tool("a8km123", { text: secret, metadata: { initial_text: secret } })],
    ["text beside a tool's image", tool("dalle.text2im", { content: parts(image(), secret) })],
    ["pictures of a screen", tool("computer.do", { content: { content_type: "computer_output", text: secret } })],
    [
      "what another program showed",
      { content: { content_type: "app_pairing_content", context_parts: [{ text: secret }] } },
    ],
  ])("%s", (_name, drawn) => {
    const reading = read(drawn);
    expect(JSON.stringify(reading)).not.toContain(secret);
    expect(reading.drift).toEqual([]);
  });
});

it("reads anything without throwing", () => {
  const keys = [
    "author",
    "role",
    "content",
    "content_type",
    "parts",
    "text",
    "metadata",
    "recipient",
    "create_time",
    "attachments",
    "citations",
    "content_references",
    "matched_text",
    "start_ix",
    "language",
    "name",
    "dalle",
    "updates",
    "items",
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { withCrossShrink: true, maxDepth: 5 },
      fc.jsonValue(),
      fc.constantFrom(
        "text",
        "code",
        "multimodal_text",
        "image_asset_pointer",
        "tether_quote",
        "execution_output",
        "assistant",
        "tool",
        "python",
        "canmore.update_textdoc",
        "\uE200cite\uE202a\uE201【1†b】",
        '{"updates":[{"pattern":"("}]}',
      ),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(value, (raw) => {
      const { message } = readRaw(raw);
      expect(typeof (message?.text ?? "")).toBe("string");
    }),
    { numRuns: runs(2000) },
  );
});
