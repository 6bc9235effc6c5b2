import { describe, expect, it } from "vitest";
import type { Material } from "../../core/model/language-model.ts";
import { createExtractive } from "./extractive.ts";

const user = (text: string) => ({ role: "user", text });
const assistant = (text: string) => ({ role: "assistant", text });

const POOL: Material = {
  title: "",
  messages: [
    user("Hi! My Postgres connection pool keeps running dry under load. How should I size it for a web service?"),
    assistant(
      `Great question! A connection pool is sized from the database outward, not from the application inward.
Postgres handles roughly two active queries per CPU core before throughput drops.

Start with ten connections in total:

\`\`\`ini
[pgbouncer]
pool_mode = transaction
default_pool_size = 10
\`\`\`

**Watch out for:**

- Prepared statements, which transaction pooling breaks
- Long transactions that hold a connection while they wait for an API

Let me know if you have questions!`,
    ),
    user("ok, let's go with pgbouncer in transaction mode. how do I install it on debian?"),
    assistant(
      `Sure! Install it from the Debian archive:

\`\`\`bash
# Install the pooler
sudo apt-get update
sudo apt-get install -y pgbouncer
\`\`\`

Run the first line again when the archive is old:

\`\`\`console
$ sudo apt-get update
Hit:1 http://deb.debian.org/debian stable InRelease
\`\`\`

The [PgBouncer documentation](https://www.pgbouncer.org/config.html) explains every setting.`,
    ),
  ],
};

const SYSTEMD: Material = {
  title: "無題",
  messages: [
    user("こんにちは。Node.jsのアプリをsystemdで常駐させたいです。"),
    assistant(
      `もちろんです！systemdのユニットファイルを作れば、Node.jsのアプリを常駐させられます。以下が例です：

\`\`\`ini
[Service]
ExecStart=/usr/bin/node /srv/app/server.js
Restart=on-failure
\`\`\`

\`Restart=on-failure\`を指定すると、異常終了したときだけ再起動します。

\`\`\`bash
sudo systemctl enable --now app
\`\`\`

他にご質問があればお気軽にどうぞ！`,
    ),
    user("pm2とどちらが良い？"),
    assistant(
      "**結論：サーバー1台ならsystemdで十分です。** systemdはOSに標準で入っており、ログはjournaldに集まります。",
    ),
    user("ではsystemdを採用します。ありがとう！"),
  ],
};

const answer = async (material: Material): Promise<string> =>
  (await createExtractive().generate({ prompt: "ignored", material })).text;

/** The text under a heading, up to the next heading of the same depth or less. */
function section(markdown: string, heading: string): string {
  const start = markdown.indexOf(`${heading}\n`);
  if (start < 0) return "";
  const depth = heading.indexOf(" ");
  const rest = markdown.slice(start + heading.length + 1);
  const end = rest.search(new RegExp(`^#{2,${depth}} `, "m"));
  return (end < 0 ? rest : rest.slice(0, end)).trim();
}

describe("the extractive engine", () => {
  it("needs no lane, no network and no model", async () => {
    const model = createExtractive();
    expect(model.id).toBe("extractive");
    expect(model.lane).toBeUndefined();
    expect(model.fingerprint).toMatch(/^extractive@\d+$/);
    await expect(model.check()).resolves.toEqual({ notes: [] });
  });

  it("works on the prompt alone when there is no material", async () => {
    const prompt =
      "Summarise this:\n\nKelp grips rock with a holdfast. It is so. A holdfast does not feed the kelp as a root does.";
    const { text } = await createExtractive().generate({ prompt });
    expect(text).toBe("Kelp grips rock with a holdfast. A holdfast does not feed the kelp as a root does.");
  });

  it("stops before it starts when the run was stopped", async () => {
    const request = { prompt: "x", signal: AbortSignal.abort(new Error("stopped")) };
    await expect(createExtractive().generate(request)).rejects.toThrow("stopped");
  });

  it("answers with nothing to a chat in which nothing was said", async () => {
    expect(await answer({ title: "", messages: [user("  "), assistant("")] })).toBe("");
  });
});

describe("a note from an English chat", () => {
  it("takes the first question as the title when the chat has none", async () => {
    expect(await answer(POOL)).toMatch(/^# How should I size it for a web service\?\n/);
  });

  it("sums up in whole sentences of the answer, without the greeting", async () => {
    const summary = section(await answer(POOL), "## Summary");
    expect(summary).toMatch(/^(A connection pool|Postgres handles)/);
    expect(summary).toMatch(/\.$/);
    expect(summary).not.toMatch(/Great question|Let me know/);
  });

  it("has tags that name things", async () => {
    const tags = section(await answer(POOL), "## Tags").split(", ");
    expect(tags.length).toBeGreaterThanOrEqual(3);
    expect(tags.length).toBeLessThanOrEqual(5);
    expect(tags).toContain("postgres");
    expect(tags).toContain("pgbouncer");
  });

  it("has its sections in a fixed order", async () => {
    const headings = (await answer(POOL)).match(/^#{2,3} .*$/gm);
    expect(headings).toEqual([
      "## Summary",
      "## Tags",
      "## Content",
      "### Key points",
      "### Questions asked",
      "### Decisions",
      "### Commands",
      "### Code",
      "### Links",
    ]);
  });

  it("keeps points under the label they stood under", async () => {
    expect(section(await answer(POOL), "### Key points")).toContain(
      "- **Watch out for**\n  - Prepared statements, which transaction pooling breaks\n  - Long transactions",
    );
  });

  it("lists what was asked and what was decided, each where it belongs", async () => {
    const note = await answer(POOL);
    expect(section(note, "### Questions asked")).toBe(
      "- How should I size it for a web service?\n- how do I install it on debian?",
    );
    expect(section(note, "### Decisions")).toBe("- ok, let's go with pgbouncer in transaction mode.");
  });

  it("lists each command once, without prompts and output", async () => {
    expect(section(await answer(POOL), "### Commands")).toBe(
      "```bash\n# Install the pooler\nsudo apt-get update\nsudo apt-get install -y pgbouncer\n```",
    );
  });

  it("keeps code whole, with the sentence that introduces it", async () => {
    expect(section(await answer(POOL), "### Code")).toBe(
      "Start with ten connections in total:\n\n```ini\n[pgbouncer]\npool_mode = transaction\ndefault_pool_size = 10\n```",
    );
  });

  it("lists links from the text with their labels", async () => {
    expect(section(await answer(POOL), "### Links")).toBe(
      "- [PgBouncer documentation](https://www.pgbouncer.org/config.html)",
    );
  });
});

describe("a note from a Japanese chat", () => {
  it("has Japanese headings", async () => {
    expect((await answer(SYSTEMD)).match(/^#{2,3} .*$/gm)).toEqual([
      "## 要約",
      "## タグ",
      "## 内容",
      "### 要点",
      "### 質問",
      "### 決定事項",
      "### コマンド",
      "### コード",
    ]);
  });

  it("takes no greeting and no placeholder for a title", async () => {
    expect(await answer(SYSTEMD)).toMatch(/^# Node\.jsのアプリをsystemdで常駐させたいです\n/);
  });

  it("sums up without politeness", async () => {
    const summary = section(await answer(SYSTEMD), "## 要約");
    expect(summary).toContain("systemdのユニットファイルを作れば、Node.jsのアプリを常駐させられます。");
    expect(summary).not.toMatch(/もちろん|お気軽/);
  });

  it("tells decisions and questions from the rest", async () => {
    const note = await answer(SYSTEMD);
    expect(section(note, "### 決定事項")).toBe(
      "- **結論：サーバー1台ならsystemdで十分です。**\n- ではsystemdを採用します。",
    );
    expect(section(note, "### 質問")).toContain("- pm2とどちらが良い？");
  });

  it("has tags without particles", async () => {
    const tags = section(await answer(SYSTEMD), "## タグ").split(", ");
    expect(tags).toContain("systemd");
    expect(tags).toContain("常駐");
    for (const tag of tags) expect(tag).not.toMatch(/^\p{Script=Hiragana}+$/u);
  });
});

describe("a note from any chat", () => {
  it.each([
    [
      "German",
      "Wie vermeide ich Schimmel im Bad?",
      "Schimmel entsteht, wenn feuchte Luft an kalten Wänden kondensiert. Der Schimmel verschwindet durch Lüften.",
      "schimmel",
    ],
    ["Chinese", "如何种植番茄？", "番茄每天至少需要六小时的直射阳光。种植番茄的土壤应当疏松并且排水良好。", "番茄"],
    [
      "Korean",
      "도커 로그를 어떻게 확인하나요?",
      "도커의 로그는 명령으로 확인합니다. 로그 드라이버는 로그 크기를 제한합니다.",
      "로그",
    ],
    [
      "Russian",
      "Почему кошка мяукает?",
      "Кошка мяукает, потому что она голодна. Покормите кошку вечером перед сном.",
      "кошка",
    ],
  ])("has a summary and a fitting tag in %s", async (_language, question, said, tag) => {
    const note = await answer({ title: "", messages: [user(question), assistant(said)] });
    expect(section(note, "## Summary")).not.toBe("");
    expect(section(note, "## Tags").split(", ")).toContain(tag);
    expect(section(note, "### Questions asked")).toBe(`- ${question}`);
  });

  it("takes documents for background when somebody speaks, and for the matter when nobody does", async () => {
    const report = {
      role: "attachment",
      text: "The harbour was dredged in 1904. Ships of deep draught could then moor there.",
    };
    const withSpeech = await answer({ title: "", messages: [report, user("When was the harbour dredged, please?")] });
    expect(withSpeech).not.toContain("- The harbour was dredged in 1904.");
    const alone = await answer({ title: "", messages: [report] });
    expect(alone).toContain("The harbour was dredged in 1904.");
  });

  it("keeps a table whole", async () => {
    const table = "| Day | Place |\n|---|---|\n| Saturday | Alfama |";
    const note = await answer({ title: "", messages: [user("Plan my weekend"), assistant(`The plan:\n\n${table}`)] });
    expect(section(note, "### Tables")).toBe(table);
  });
});
