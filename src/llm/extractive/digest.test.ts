import { describe, expect, it } from "vitest";
import type { MaterialMessage } from "../../core/model/language-model.ts";
import { digest, type Digest } from "./digest.ts";

const user = (text: string): MaterialMessage => ({ role: "user", text });
const assistant = (text: string): MaterialMessage => ({ role: "assistant", text });
const chat = (title: string, ...messages: readonly MaterialMessage[]): Digest => digest({ title, messages });

const plains = (sentences: readonly { readonly plain: string }[]): readonly string[] =>
  sentences.map(({ plain }) => plain);

/** Enough about kelp that the chat has a topic and other sentences to choose from. */
const KELP = [
  user("How does kelp stay on the rock in a storm?"),
  assistant(
    "Kelp grips the rock with a holdfast made of many small branches. The holdfast grows around every bump of the rock. A storm tears kelp loose mostly where the rock itself breaks. Kelp without a holdfast drifts ashore within days.",
  ),
];

describe("decisions", () => {
  it.each([
    "Decision: SQLite with leases, both queues side by side for one afternoon.",
    "**Decision:** Support tools read from the primary from now on.",
    "**We decided:** The alert keeps paging during office hours.",
    "Decision for the code review: whoever adds a listener shows where it is removed.",
    "For the record: the holdfast samples stay in the cold room.",
    "- **Decision:** The holdfast samples stay in the cold room.",
    "### Decisions\n\n- The holdfast samples stay in the cold room.",
    "結論: 用途別に分けて運用する。",
    "決定：毎週日曜に取り込む。",
    "**決定事項**\n\n毎週日曜に取り込む。",
  ])("hold %j, and the key points do not", (said) => {
    const { decisions, keyPoints } = chat("Kelp", ...KELP, user("And now?"), assistant(said));
    expect(decisions).toHaveLength(1);
    expect(said.replaceAll("*", "")).toContain(decisions[0]?.plain);
    expect(plains(keyPoints)).not.toContain(decisions[0]?.plain);
    expect(keyPoints.length).toBeGreaterThan(2);
  });

  it.each([
    "Agreed. Monday 9:00 holdfast samples, 10:00 the report.",
    "Socket activation it is, and the export moves to the queue.",
    "We take the four headings and the check.",
    "Then I buy the folding bed instead of the wide one.",
    "ではヨーグルトにして、水曜の分は冷凍します。",
  ])("hold what the person settles: %j", (said) => {
    expect(chat("Kelp", ...KELP, user(said)).decisions).toHaveLength(1);
    expect(chat("Kelp", ...KELP, assistant("We take it slowly.")).decisions).toEqual([]);
  });
});

describe("key points", () => {
  const LONG = [
    ...KELP,
    user("zdiff3は便利ですね。You were right about the rock. Good week for the two promises. Photos rarely change."),
    assistant(
      "Kelp grows up to half a metre a day in cold water. Giant kelp needs a rocky bottom and much light. Sea urchins eat the holdfast until the kelp floats away. Otters eat sea urchins and so protect the kelp forest. Warm water slows the growth of kelp within one season. A kelp forest shelters young rockfish from seals. Storm waves above six metres remove a third of the kelp forest. Divers count the holdfast scars on the rock each spring. Kelp ash was once sold to make glass. Go on with snapshots. 次の三つを確認してください。",
    ),
  ];

  it.each([
    "Go on with snapshots.",
    "Photos rarely change.",
    "Good week for the two promises.",
    "zdiff3は便利ですね。",
    "次の三つを確認してください。",
    "You were right about the rock.",
  ])("leave out %j", (junk) => {
    expect(plains(chat("Kelp", ...LONG).keyPoints)).not.toContain(junk);
  });

  it("are at most eight in a normal chat", () => {
    const { keyPoints } = chat("Kelp", ...LONG);
    expect(keyPoints.length).toBeLessThanOrEqual(8);
    expect(keyPoints.length).toBeGreaterThanOrEqual(5);
  });

  it("quote an item of a list with all sentences that say something, and a short list whole", () => {
    const list =
      "- `heapUsed` grows: objects are kept alive. Go on with snapshots.\n- `external` grows: buffers or a native module. Native buffers never show in a heap snapshot.\n- Only `rss` grows: fragmentation, or a native library.";
    const { keyPoints } = chat("Memory leak", user("Which kind of memory grows?"), assistant(list));
    expect(plains(keyPoints)).toEqual([
      "heapUsed grows: objects are kept alive.",
      "external grows: buffers or a native module. Native buffers never show in a heap snapshot.",
      "Only rss grows: fragmentation, or a native library.",
    ]);
  });
});

describe("key points of a list whose items begin with a name", () => {
  it("say what the name stands for", () => {
    const list = "1. **Volume.** It should have doubled.\n2. **Edge.** The surface of the dough is domed.";
    const { keyPoints } = chat("Sourdough", user("How do I see whether the dough is ready?"), assistant(list));
    expect(plains(keyPoints)).toEqual(["Volume. It should have doubled.", "Edge. The surface of the dough is domed."]);
  });
});

describe("questions", () => {
  const questionsOf = (...said: readonly string[]): readonly string[] =>
    plains(chat("Kelp", ...said.flatMap((text) => [user(text), assistant("Kelp grips the rock.")])).questions);

  it.each([
    "Please look it up, I do not want to guess.",
    "Help me with my weekly review.",
    "Now the entry, please.",
    "Give me that as an entry for the runbook file.",
    "Write the entry so that I can paste it.",
    "I want short decision records in the repository.",
    "We use the bus for analytics only, so I would like to sleep through this.",
    "お願いします。",
    "Why?",
  ])("do not hold %j", (said) => {
    expect(questionsOf(said, "How deep does kelp grow?")).toEqual(["How deep does kelp grow?"]);
  });

  it.each([
    "How deep does kelp grow?",
    "Write me a small Python script that reads a tide table.",
    "Please translate the tide table into Norwegian.",
    "I want to know which kelp survives a storm.",
    "潮汐表を日本語に翻訳してください。",
  ])("hold %j", (said) => {
    expect(questionsOf(said)).toEqual([said]);
  });

  it("are at most twelve, those with the most matter", () => {
    const asked = Array.from({ length: 30 }, (_, n) => `How does kelp type${n} survive a storm on the rock?`);
    expect(questionsOf(...asked, "And now?")).toHaveLength(12);
  });
});

describe("code", () => {
  const block = (text: string, language = "js"): string => `\`\`\`${language}\n${text}\n\`\`\``;
  const codeOf = (...said: readonly string[]): Digest["code"] =>
    chat("Kelp", ...said.flatMap((text) => [user("How does kelp hold?"), assistant(text)])).code;

  it("keeps the last of several versions of one block", () => {
    const version = (n: number): string =>
      block(`function grow(kelp) {\n  kelp.length += ${n};\n  kelp.age += 1;\n  log(kelp);\n  return kelp;\n}`);
    const found = codeOf(version(1), version(2), version(3));
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toContain("+= 3");
  });

  it("keeps blocks apart that have a form in common", () => {
    const entry = (n: number): string =>
      block(`- alert: A${n}\n  when: ${n} > 1\n  pages: no\n  then: wait ${n}`, "yaml");
    expect(codeOf(entry(1), entry(2), entry(3))).toHaveLength(3);
  });

  it("leaves out a lead-in that says nothing or is said again and again", () => {
    const said = ["Here it is:", "For `runbook.yaml`:", "For `runbook.yaml`:", "Start the kelp counter once:"];
    const found = codeOf(...said.map((leadIn, n) => `${leadIn}\n\n${block(`count(${n});`)}`));
    expect(found.map(({ introduction }) => introduction)).toEqual([
      undefined,
      undefined,
      undefined,
      "Start the kelp counter once:",
    ]);
  });

  it("keeps the last ten of very many blocks and says how many more there are", () => {
    const said = Array.from({ length: 15 }, (_, n) => block(`const kelp${n} = ${n * n};`));
    const found = chat("Kelp", user("How does kelp hold?"), ...said.map(assistant));
    expect(found.code).toHaveLength(10);
    expect(found.code.at(-1)?.text).toBe("const kelp14 = 196;");
    expect(found.moreCode).toBe(5);
  });
});

describe("tags", () => {
  it.each([
    [
      "units, months and weekdays",
      "The tank grows by 25 MB an hour, as on Tuesday. On Tuesday in October the tank had 500 MB and 80 GB of kelp, and in October each Tuesday is a date.",
      ["mb", "gb", "tuesday", "october", "date", "hour"],
    ],
    [
      "verbs and adjectives",
      "Who sees an empty row? The diver sees an empty row and copies it, and nobody forgets the kelp. The kelp sees nothing. An empty copy stays empty in the tank.",
      ["sees", "empty", "copy", "copies", "forgets", "forget"],
    ],
  ])("are no %s", (_kind, said, none) => {
    const { tags } = chat("Kelp in a tank", user("How does the kelp grow?"), assistant(said));
    expect(tags).toContain("kelp");
    for (const tag of none) expect(tags).not.toContain(tag);
  });

  it("are no weekdays in Japanese", () => {
    const { tags } = chat(
      "作り置き",
      user("献立は？"),
      assistant("水曜は鶏肉です。日曜に鶏肉を蒸します。水曜と日曜は鶏肉です。"),
    );
    expect(tags).toContain("鶏肉");
    expect(tags.join()).not.toMatch(/曜/);
  });

  it("name the languages of the code, and what is said as one name", () => {
    const { tags } = chat(
      "Finding a memory leak",
      user("Where is the memory leak?"),
      assistant(
        "The memory leak is in the listener:\n\n```js\nlisten();\n```\n\nA listener that stays is a memory leak.",
      ),
    );
    expect(tags).toContain("memory-leak");
    expect(tags).toContain("javascript");
    expect(tags).not.toContain("leak");
  });
});

describe("the summary", () => {
  it.each([
    "Take one after an hour and one after five hours, load both into the memory tab of Chrome and compare the memory.",
    "For 4,000 jobs a day either works in memory.",
    "If it went too far, do not shape it: a memory leak is in the memory.",
    "The other memory modes do work over memory in principle.",
  ])("does not start in the middle: %j", (middle) => {
    const { summary } = chat(
      "Memory leak",
      user("Where is the memory leak of the service?"),
      assistant(`${middle} The service leaks memory through listeners that nobody removes.`),
    );
    expect(summary).toBe("The service leaks memory through listeners that nobody removes.");
  });

  it("has what was decided", () => {
    const { summary } = chat("Kelp", ...KELP, user("Decision: the kelp samples move to the cold room in March."));
    expect(summary).toContain("the kelp samples move to the cold room in March.");
  });
});
