import { array, assert, constantFrom, oneof, property, record, string, tuple, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnswer, type ParsedNote } from "./parse-answer.ts";
import { formOf } from "../prompts/index.ts";
import { runs } from "../../../../test/runs.ts";

const KELP = {
  title: "How kelp holds on",
  summary: "Kelp grips rock with a holdfast.",
  tags: ["kelp", "holdfast"],
  content: "The holdfast does not feed the kelp as a root does. It only holds.",
};

const note = (answer: string): ParsedNote => {
  const parsed = parseAnswer(answer);
  if (!parsed.ok) throw new Error(parsed.complaint);
  return parsed.note;
};

const complaint = (answer: string): string | undefined => {
  const parsed = parseAnswer(answer);
  return parsed.ok ? undefined : parsed.complaint;
};

const write = ({ title, summary, tags, content }: ParsedNote): string =>
  `# ${title}\n\n## Summary\n\n${summary}\n\n## Tags\n\n${tags.join(", ")}\n\n## Content\n\n${content}\n`;

const ANSWER = write(KELP);

const REFUSED =
  "The answer refused the task. The owner of the conversation wants a note of it for their own use: write what the conversation says.";

describe("parseAnswer", () => {
  it.each([
    ["the form that was asked for", ANSWER],
    ["headings one level down", ANSWER.replaceAll("# ", "## ").replaceAll("### ", "### ")],
    ["all headings on the first level", ANSWER.replaceAll("## ", "# ")],
    ["Windows line ends", ANSWER.replaceAll("\n", "\r\n")],
    [
      "numbers, emphasis, colons and translations in the headings",
      ANSWER.replace("## Summary", "## 1. **Summary (要約)**:").replace("## Tags", "## 🏷️ Tags"),
    ],
    ["Japanese headings", ANSWER.replace("Summary", "要約").replace("Tags", "タグ").replace("Content", "内容")],
    [
      "other words for the headings",
      ANSWER.replace("Summary", "TL;DR").replace("Tags", "Keywords").replace("Content", "Details"),
    ],
    ["a title with its name before it", ANSWER.replace("# How", "# Title: How")],
    ["a title in a section of its own", ANSWER.replace("# How kelp holds on", "## Title\n\nHow kelp holds on")],
    [
      "tags after the content",
      `# ${KELP.title}\n\n## Summary\n${KELP.summary}\n\n## Content\n${KELP.content}\n\n## Tags\nkelp, holdfast`,
    ],
    [
      "labels in place of headings",
      `**Title:** ${KELP.title}\n**Summary:** ${KELP.summary}\n**Tags:** kelp, holdfast\n**Content:**\n${KELP.content}`,
    ],
    ["plain labels", `Title: ${KELP.title}\nSummary: ${KELP.summary}\nTags: kelp, holdfast\nContent: ${KELP.content}`],
    ["chatter before it", `Certainly! Here is your note.\n\n${ANSWER}`],
    ["a fence around it", `\`\`\`markdown\n${ANSWER}\`\`\``],
    ["a fence around it with chatter on both sides", `Here you go:\n\n\`\`\`md\n${ANSWER}\`\`\`\n\nI hope this helps!`],
    ["a fence around it that never closes", `\`\`\`markdown\n${ANSWER}`],
    ["a fence without a language", `\`\`\`\n${ANSWER}\`\`\``],
    ["thoughts before it", `<think>\n# Summary\nShould I answer?\n</think>\n${ANSWER}`],
    ["JSON", JSON.stringify(KELP)],
    ["JSON in a fence after chatter", `Sure:\n\n\`\`\`json\n${JSON.stringify(KELP, null, 2)}\n\`\`\``],
    [
      "JSON with numbers, words and nothing beside its texts",
      JSON.stringify(KELP).replace(',"content":', ',"confidence":0.9,"isPrivate":false,"related":null,"content":'),
    ],
    ["JSON with brackets and quotes inside its strings", JSON.stringify({ ...KELP, notes: 'a "}" and a {' })],
    [
      "two JSON objects, of which the first is complete",
      `${JSON.stringify(KELP)}\n${JSON.stringify({ ...KELP, title: "Second" })}`,
    ],
    ["JSON after an object that is no note", `{"thought": "hm"} ${JSON.stringify(KELP)}`],
    [
      "JSON with Japanese keys",
      JSON.stringify({ タイトル: KELP.title, 要約: KELP.summary, タグ: "kelp、holdfast", 内容: KELP.content }),
    ],
  ])("reads %s", (_form, answer) => {
    expect(note(answer)).toEqual(KELP);
  });

  it.each([
    ["German", "Zusammenfassung", "Schlagwörter", "Inhalt"],
    ["French", "Résumé", "Mots-clés", "Contenu"],
    ["Spanish", "Resumen", "Etiquetas", "Contenido"],
    ["Chinese", "摘要", "标签", "正文"],
    ["Korean", "요약", "태그", "내용"],
  ])("reads headings in %s", (_language, summary, tags, content) => {
    const answer = ANSWER.replace("Summary", summary).replace("Tags", tags).replace("Content", content);
    expect(note(answer)).toEqual(KELP);
  });

  it.each([
    [
      "quotes that were not escaped",
      '{"title": "T", "summary": "He said "kelp" twice.", "content": "It is "the holdfast", he said, "not a root", and that was all.", "tags": ["a1"]}',
      'It is "the holdfast", he said, "not a root", and that was all.',
    ],
    [
      "code with quotes that were not escaped",
      '{"summary": "Kelp.", "content": "Run:\n\n```js\nconst kelp = "holds";\n```", "tags": []}',
      'Run:\n\n```js\nconst kelp = "holds";\n```',
    ],
    [
      "backslashes that were not escaped",
      '{"summary": "Kelp.", "content": "Match \\d+ in C:\\kelp\\docs", "tags": ["a1"],}',
      "Match \\d+ in C:\\kelp\\docs",
    ],
    [
      "a content that is a list",
      '{"summary": "Kelp.", "content": ["It holds.", "It grows."]}',
      "It holds.\n\nIt grows.",
    ],
    [
      "single quotes",
      String.raw`{'summary': 'Kelp.', 'content': 'It doesn\'t float; match \d+.'}`,
      String.raw`It doesn't float; match \d+.`,
    ],
    ["keys without quotes", '{summary: "Kelp.", content: "It holds."}', "It holds."],
    ["curly quotes", "{“summary”: “Kelp.”, “content”: “It holds.”}", "It holds."],
    ["comments", '{"summary": "Kelp.", // one line\n "content": "It holds." /* all */}', "It holds."],
    ["missing commas", '{"summary": "Kelp."\n"content": "It holds."\n"tags": ["a" "b"]}', "It holds."],
    [
      "words of Python",
      '{"summary": "Kelp.", "content": "It holds.", "related": None, "isPrivate": False}',
      "It holds.",
    ],
    [
      "keys without quotes, after chatter and in a fence",
      'Sure:\n```json\n{summary: "Kelp.", content: "It holds."}\n```',
      "It holds.",
    ],
  ])("repairs JSON with %s", (_fault, answer, content) => {
    expect(note(answer).content).toBe(content);
  });

  it.each([
    ["# All of kelp\n\n## Summary\n\nKelp holds.\n\n## Tags\n\nkelp"],
    ['{"title": "All of kelp", "summary": "Kelp holds.", "tags": ["kelp"]}'],
  ])("needs no content when only an overview was asked for: %j", (answer) => {
    expect(parseAnswer(answer, "overview")).toEqual({
      ok: true,
      note: { title: "All of kelp", summary: "Kelp holds.", tags: ["kelp"], content: "" },
    });
  });

  it.each([
    "{summary: 'Kelp.', content: 'It goes on and",
    "{summary: 'Kelp.', content: 'Type { and",
    "{summary: 'Kelp.', content: 'function kelp() { if (true) {}",
  ])("does not take an object that was cut off for a whole one: %j", (answer) => {
    expect(parseAnswer(answer).ok).toBe(false);
  });

  it("does not repair an object of a size that no note has", () => {
    const content = "It holds. ".repeat(20_000);
    expect(parseAnswer(`{summary: "Kelp.", content: "${content}"}`).ok).toBe(false);
  });

  it("forgives line breaks inside the strings of JSON", () => {
    const answer = `{"summary": "Kelp holds.", "content": "First line\nsecond line, long enough", "tags": []}`;
    expect(note(answer).content).toBe("First line\nsecond line, long enough");
  });

  it.each([
    ["commas", "kelp, rock, sea"],
    ["full-width commas", "kelp、rock，sea"],
    ["hashes", "#kelp #rock #sea"],
    ["a list", "- kelp\n- #rock\n* sea"],
    ["a numbered list in code marks", "1. `kelp`\n2. `rock`\n3. `sea`"],
    ["a JSON list", '["kelp", "rock", "sea"]'],
    ["capitals and repeats", "Kelp, ROCK, sea, kelp"],
  ])("reads tags from %s", (_form, tags) => {
    expect(note(ANSWER.replace("kelp, holdfast", tags)).tags).toEqual(["kelp", "rock", "sea"]);
  });

  it("makes tags that Obsidian takes", () => {
    expect(note(ANSWER.replace("kelp, holdfast", "Claude Code, C++, 2024, CI/CD, 知識 抽出")).tags).toEqual([
      "claude-code",
      "cpp",
      "ci-cd",
      "知識-抽出",
    ]);
  });

  it("keeps five tags of a dozen, the first ones", () => {
    expect(note(ANSWER.replace("kelp, holdfast", "a1, b1, c1, d1, e1, f1, g1")).tags).toEqual([
      "a1",
      "b1",
      "c1",
      "d1",
      "e1",
    ]);
  });

  it("keeps the content's own headings, whatever they are called", () => {
    const content = "### Summary\n\nFirst.\n\n### Tags\n\nSecond.\n\n## Aside\n\nThird.";
    expect(note(write({ ...KELP, content })).content).toBe(content);
  });

  it("does not take a comment in code for a heading", () => {
    const content = "Run this:\n\n```bash\n# Tags\ngit tag\n## Summary\n```";
    expect(note(write({ ...KELP, content })).content).toBe(content);
  });

  it("keeps the blocks inside a fenced answer, whether the outer fence closes or not", () => {
    const content = "Install it first:\n\n```bash\nnpm ci\n```\n\nThen look:\n\n```\nok\n```";
    const answer = write({ ...KELP, content });
    for (const fenced of [
      `\`\`\`markdown\n${answer}\`\`\``,
      `\`\`\`markdown\n${answer}`,
      `\`\`\`\`markdown\n${answer}\`\`\`\``,
    ]) {
      expect(note(fenced).content).toBe(content);
    }
  });

  it("closes a block that the answer leaves open", () => {
    expect(note(write({ ...KELP, content: "Run this command first:\n\n```bash\nnpm ci" })).content).toBe(
      "Run this command first:\n\n```bash\nnpm ci\n```",
    );
  });

  it("takes the topics after the tags for the content when that heading was left out", () => {
    const answer = ANSWER.replace("## Content\n\n", "## Anatomy\n\n");
    expect(note(answer).content).toBe(`## Anatomy\n\n${KELP.content}`);
  });

  it.each(["Summary", "Tags", "Content", "Overview: the sea", "Note"])("reads a note whose title is %j", (title) => {
    expect(note(write({ ...KELP, title }))).toEqual({ ...KELP, title });
  });

  it.each(["", "# Title\n"])("lets the title be absent: %j", (heading) => {
    expect(note(ANSWER.replace("# How kelp holds on\n", heading)).title).toBeUndefined();
  });

  it.each([
    ["", "The answer was empty."],
    ["```markdown\n```", "The answer was empty."],
    ["<think>Hm.</think>", "The answer was empty."],
    ["Kelp is nice.", 'The answer had neither a "## Summary" nor a "## Content" section.'],
    ["# Kelp\n\n## Summary\n\n## Content\n\nLong text", 'The "## Summary" section was missing or empty.'],
    ["# Kelp\n\n## Summary\n\nShort.", 'The "## Content" section was missing or empty.'],
    ...[
      "I cannot help with that.",
      "I'm sorry, but I can't assist with this request.",
      "As an AI language model, I can’t write notes about people.",
      "申し訳ありませんが、その依頼にはお応えできません。",
      write({ ...KELP, summary: "None.", content: "Unfortunately, I am unable to summarise this conversation." }),
    ].map((answer): [string, string] => [answer, REFUSED]),
    [
      '{"title": "Kelp", "summary": "Short.", "content": "It goes on and',
      "The JSON object ended before it was closed: make it shorter and whole.",
    ],
    [
      write({ ...KELP, summary: "Kelp holds. ".repeat(30), content: "Kelp holds. ".repeat(30) }),
      "The content only repeated the summary: it holds the knowledge itself, in full.",
    ],
    ['{"summary": "Short."}', 'The "## Content" section was missing or empty.'],
    [write({ ...KELP, title: "(a title of at most 40 characters)" }), "The title was the placeholder of the example."],
    [
      write({ ...KELP, summary: "(one or two sentences, at most 200 characters)" }),
      "The summary was the placeholder of the example.",
    ],
    [
      write({ ...KELP, content: "It holds." }),
      "The content was shorter than the summary: it holds the knowledge itself, in full.",
    ],
  ])("refuses %j", (answer, expected) => {
    expect(complaint(answer)).toBe(expected);
  });

  it("refuses the example of its own prompt", () => {
    expect(complaint(formOf("markdown", "note"))).toContain("placeholder");
  });
});

describe("parseAnswer, whatever the answer,", () => {
  it("never throws, and its notes are never empty", () => {
    assert(
      property(oneof(string({ unit: "binary" }), answerLike()), (answer) => {
        const parsed = parseAnswer(answer);
        parseAnswer(answer, "overview");
        if (!parsed.ok) {
          expect(parsed.complaint).toMatch(/\.$/);
          return;
        }
        expect(parsed.note.summary).not.toBe("");
        expect(parsed.note.content.length).toBeGreaterThanOrEqual(parsed.note.summary.length);
        for (const tag of parsed.note.tags) expect(tag).toMatch(/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*$/u);
      }),
      { numRuns: runs(500) },
    );
  });

  it("gives back what the form holds", () => {
    assert(
      property(anyNote(), (written) => {
        expect(note(write(written))).toEqual(written);
      }),
    );
  });

  it("gives back what a fenced form holds", () => {
    assert(
      property(anyNote(), (written) => {
        expect(note(`\`\`\`markdown\n${write(written)}\`\`\``)).toEqual(written);
      }),
    );
  });
});

/** Words of any letters, as a person writes them. */
function words(min: number, max: number): Arbitrary<string> {
  const word = oneof(
    string({ unit: constantFrom(..."abcdefgKÄéß漢字カナиж"), minLength: 2, maxLength: 8 }),
    constantFrom("Summary", "Tags", "content"),
  );
  return array(word, { minLength: min, maxLength: max }).map((all) => all.join(" "));
}

function anyNote(): Arbitrary<ParsedNote> {
  const block = oneof(
    words(2, 12),
    words(1, 4).map((text) => `### ${text}`),
    words(1, 4).map((text) => `- ${text}\n- ${text}`),
    words(1, 4).map((text) => `\`\`\`bash\n# ${text}\n## Tags\n\`\`\``),
    constantFrom("### Summary", "| a | b |\n|---|---|\n| 1 | 2 |"),
  );
  const tag = string({ unit: constantFrom(..."abcdefg漢字カナ"), minLength: 2, maxLength: 8 });
  return record({
    title: words(1, 4).map((text) => `The ${text}`),
    summary: words(1, 10),
    tags: array(tag, { maxLength: 5 }).map((all) => [...new Set(all)]),
    content: tuple(words(12, 20), array(block, { maxLength: 6 })).map(([start, blocks]) =>
      [start, ...blocks].join("\n\n"),
    ),
  }).filter(({ summary, content }) => content.length >= summary.length);
}

function answerLike(): Arbitrary<string> {
  const piece = constantFrom(
    "# Kelp",
    "## Summary",
    "## 要約",
    "## Tags",
    "## Content",
    "**Summary:** holds",
    "Content: it",
    "```markdown",
    "```",
    "````",
    "~~~",
    "```json",
    '{"summary": "a", "content": "b b b"}',
    '{"summary": "a "b" c", "content": "b',
    "I'm sorry, but I can't",
    "{",
    "}",
    '"',
    "\\",
    "<think>",
    "</think>",
    "text of some length",
    "#a #b",
    "- x",
    "## Title",
    "# Title: x",
  );
  return array(
    tuple(piece, constantFrom("\n", "\n\n", " ")).map((parts) => parts.join("")),
    { maxLength: 14 },
  ).map((parts) => parts.join(""));
}
