import {
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { each, firstOfEach, pointsIn, type Point } from "../crash/point.ts";
import { parse } from "yaml";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { conversation } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";

const RULES = {
  organize: {
    rules: [
      { genre: "engineering", topic: "databases", when: { tags: ["sql", "postgres"] } },
      { genre: "cooking", when: { words: ["sourdough", "酵母"] } },
    ],
    genres: ["science"],
  },
};

/** A project with rules and a folder of notes, by path and text. */
function projectWith(notes: Readonly<Record<string, string>>, settings: object = RULES): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "holdfast.config.json"), JSON.stringify(settings));
  for (const [path, text] of Object.entries(notes)) write(join(cwd, path), text);
  return cwd;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const SQL = '---\ntitle: Indexes # mine\ntags: [sql,  "#b tree"]\nown: {a: 1}\n---\n\nUse an index.  \r\n';
const BREAD = "Feed the sourdough.\n";

/** Every file below a folder, with its text. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

const frontMatterOf = (text: string | undefined): unknown => parse(/^---\n([^]*?)^---$/m.exec(text ?? "")?.[1] ?? "");

const organize = (cwd: string, ...more: readonly string[]) =>
  holdfast(["organize", "notes", "--vault", "vault", ...more], { cwd });

describe("holdfast organize", () => {
  it("moves each note into the folder of its genre and topic, and touches nothing else of it", async () => {
    const cwd = projectWith({ "notes/sql/Indexes.md": SQL, "notes/日本語のパン.md": "酵母を育てる\n" });
    const at = new Date("2025-03-01T12:00:00Z");
    utimesSync(join(cwd, "notes/sql/Indexes.md"), at, at);
    const done = await organize(cwd, "--yes");
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 2 completed") });
    expect(done.stdout).toMatch(
      /^sql\/Indexes\.md +engineering +databases +engineering\/databases\/Indexes\.md +move$/m,
    );
    expect(filesIn(join(cwd, "notes"))).toEqual({});
    expect(filesIn(join(cwd, "vault"))).toEqual({
      "cooking/日本語のパン.md": "---\ngenre: cooking\nnormalized: true\n---\n酵母を育てる\n",
      "engineering/databases/Indexes.md":
        "---\ntitle: Indexes # mine\ntags:\n  - sql\n  - b-tree\nown: {a: 1}\ngenre: engineering\ntopic: databases\nnormalized: true\n---\n\nUse an index.  \r\n",
    });
    expect(statSync(join(cwd, "vault/engineering/databases/Indexes.md")).mtime).toEqual(at);
  });

  it("does nothing the second time", { tags: "soak" }, async () => {
    const cwd = projectWith({ "notes/Indexes.md": SQL, "notes/Unknown.md": "Something\n" });
    await organize(cwd, "--yes");
    const vault = filesIn(join(cwd, "vault"));
    const again = await organize(cwd, "--yes");
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("There is nothing to organize.") });
    const inPlace = await holdfast(["organize", "vault", "--vault", "vault", "--yes"], { cwd });
    expect(inPlace).toMatchObject({ code: 0, stderr: expect.stringContaining("There is nothing to organize.") });
    expect(filesIn(join(cwd, "vault"))).toEqual(vault);
  });

  it("only says what would be done with --dry-run, and leaves no trace", async () => {
    const cwd = projectWith({ "notes/Indexes.md": SQL, "notes/Unknown.md": "Something\n" });
    const dry = await organize(cwd, "--dry-run", "--json");
    expect(dry.code).toBe(0);
    expect(JSON.parse(dry.stdout)).toEqual({
      rows: expect.arrayContaining([
        {
          path: "Indexes.md",
          genre: "engineering",
          topic: "databases",
          to: "engineering/databases/Indexes.md",
          kind: "move",
        },
        { path: "Unknown.md", to: "unclassified/Unknown.md", kind: "move", reason: "no rule fits" },
      ]),
      exitCode: 0,
    });
    expect(readdirSync(cwd).toSorted()).not.toContain("vault");
    expect((await holdfast(["status"], { cwd })).stdout).not.toContain("organize");
  });

  it("does not move anything when there is nobody to ask", async () => {
    const cwd = projectWith({ "notes/Indexes.md": SQL });
    expect(await organize(cwd)).toMatchObject({ code: 1, stderr: expect.stringContaining("no terminal to ask on") });
    expect(readdirSync(cwd)).not.toContain("vault");
  });

  it("says how to write rules when there are none and no model", async () => {
    const cwd = projectWith({ "notes/Indexes.md": SQL }, {});
    expect(await organize(cwd, "--dry-run")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("organize: { rules: ["),
    });
    const wrong = projectWith({ "notes/Indexes.md": SQL }, { organize: { rules: [{ when: { tag: "sql" } }] } });
    expect(await organize(wrong, "--dry-run")).toMatchObject({ code: 1, stderr: expect.stringContaining("organize") });
  });

  it("says which folder is missing", async () => {
    const cwd = projectWith({});
    expect(await organize(cwd, "--yes")).toMatchObject({ code: 2, stderr: expect.stringContaining("notes") });
  });

  it("ends with 74 when the vault cannot be written, and moves nothing", { tags: "soak" }, async () => {
    const cwd = projectWith({ "notes/Indexes.md": SQL });
    const done = await holdfast(["organize", "notes", "--vault", "/proc/vault", "--yes"], { cwd });
    expect(done).toMatchObject({ code: 74, stderr: expect.stringContaining("/proc/vault") });
    expect(filesIn(join(cwd, "notes"))).toEqual({ "Indexes.md": SQL });
  });

  it(
    "puts what no rule fits into a folder of its own, with the reason, and moves it on once one does",
    { tags: "soak" },
    async () => {
      const cwd = projectWith({ "notes/Unknown.md": "Something\n" });
      const done = await organize(cwd, "--yes");
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("1 to review") });
      const { "unclassified/Unknown.md": text } = filesIn(join(cwd, "vault"));
      expect(frontMatterOf(text)).toEqual({ unclassified_reason: "no rule fits", normalized: true });
      write(
        join(cwd, "holdfast.config.json"),
        JSON.stringify({ organize: { rules: [{ genre: "odd", when: { words: "something" } }] } }),
      );
      await holdfast(["organize", "vault/unclassified", "--vault", "vault", "--yes"], { cwd });
      expect(filesIn(join(cwd, "vault"))).toEqual({
        "odd/Unknown.md": "---\nnormalized: true\ngenre: odd\n---\nSomething\n",
      });
    },
  );

  it("leaves alone what is no note that can be moved, and says why", async () => {
    const cwd = projectWith({
      "notes/Broken.md": "---\na: [1\n---\n",
      "notes/Linked.md": "![chart](img/chart.png)\n",
      "notes/img/chart.png": "png",
      "notes/review/Doubtful.md": "---\nreview_reason: too short\n---\nsourdough\n",
      "notes/.obsidian/app.md": "sourdough",
      "notes/Bread.md": BREAD,
      "notes/vault/Old.md": BREAD,
    });
    writeFileSync(join(cwd, "notes/Binary.md"), Buffer.from([0xff, 0xfe, 0x41]));
    symlinkSync(join(cwd, "notes/Bread.md"), join(cwd, "notes/Link.md"));
    const before = filesIn(join(cwd, "notes"));
    const done = await holdfast(["organize", "notes", "--vault", "notes/vault", "--yes", "--json"], { cwd });
    expect(JSON.parse(done.stdout)).toMatchObject({ session: { counts: { completed: 1, skipped: 8 } }, exitCode: 0 });
    for (const reason of [
      "not YAML",
      "beside it: img/chart.png",
      "not a Markdown file",
      "waits for your review",
      "hidden",
      "not text in UTF-8",
      "symbolic link",
      "folder that notes go to",
    ])
      expect(done.stderr).toContain(reason);
    rmSync(join(cwd, "notes/Link.md"));
    const { "Bread.md": _moved, "Link.md": _link, ...others } = before;
    expect(filesIn(join(cwd, "notes"))).toEqual({
      ...others,
      "vault/cooking/Bread.md": expect.stringContaining(BREAD),
    });
  });

  describe("when a note's place is taken", () => {
    const other = "my own file";
    const taken = () => projectWith({ "notes/Bread.md": BREAD, "vault/cooking/BREAD.md": other });

    it("leaves the note where it is", { tags: "soak" }, async () => {
      const cwd = taken();
      expect((await organize(cwd, "--yes")).stdout).toContain("exists: another file is in its place");
      expect(filesIn(join(cwd, "notes"))).toEqual({ "Bread.md": BREAD });
      expect(filesIn(join(cwd, "vault"))).toEqual({ "cooking/BREAD.md": other });
    });

    it("numbers it with --on-conflict increment", { tags: "soak" }, async () => {
      const cwd = taken();
      await organize(cwd, "--yes", "--on-conflict", "increment");
      expect(filesIn(join(cwd, "vault"))).toEqual({
        "cooking/BREAD.md": other,
        "cooking/Bread (2).md": expect.stringContaining(BREAD),
      });
    });

    it("keeps the other file beside it with --on-conflict overwrite, and gives it its place again with --undo", async () => {
      const cwd = projectWith({ "notes/Bread.md": BREAD, "vault/cooking/Bread.md": other });
      const done = await organize(cwd, "--yes", "--on-conflict", "overwrite");
      expect(filesIn(join(cwd, "vault"))).toEqual({
        "cooking/Bread (replaced).md": other,
        "cooking/Bread.md": expect.stringContaining(BREAD),
      });
      await holdfast(["organize", "--undo", sessionIdIn(done)], { cwd });
      expect(filesIn(join(cwd, "vault"))).toEqual({ "cooking/Bread.md": other });
      expect(filesIn(join(cwd, "notes"))).toEqual({ "Bread.md": BREAD });
    });

    it("tells notes of one name in two folders apart", { tags: "soak" }, async () => {
      const cwd = projectWith({ "notes/a/Bread.md": BREAD, "notes/b/bread.md": "sourdough, again\n" });
      await organize(cwd, "--yes", "--on-conflict", "increment");
      expect(Object.keys(filesIn(join(cwd, "vault/cooking")))).toHaveLength(2);
      expect(filesIn(join(cwd, "notes"))).toEqual({});
    });
  });

  it("copies with --copy, and the second copy is none", { tags: "soak" }, async () => {
    const cwd = projectWith({
      "notes/Indexes.md": SQL,
      "notes/Bread.md": BREAD,
      "vault/cooking/Bread.md": "my own file",
    });
    await organize(cwd, "--yes", "--copy", "--on-conflict", "increment");
    const vault = filesIn(join(cwd, "vault"));
    expect(Object.keys(vault)).toEqual([
      "cooking/Bread (2).md",
      "cooking/Bread.md",
      "engineering/databases/Indexes.md",
    ]);
    expect(filesIn(join(cwd, "notes"))).toEqual({ "Bread.md": BREAD, "Indexes.md": SQL });
    const again = await organize(cwd, "--yes", "--copy", "--on-conflict", "increment");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("the same note is there already") });
    expect(filesIn(join(cwd, "vault"))).toEqual(vault);
  });
});

describe("holdfast organize with a model", () => {
  const notes = { "notes/Indexes.md": SQL, "notes/Kelp.md": "Kelp is an alga.\n", "notes/Poem.md": "O sea!\n" };

  it("asks it only about notes that no rule fits, once, and tells it what was wrong with its answer", async () => {
    const refused: string[] = [];
    await using server = await startFakeOllama({
      answer: (body) => {
        const prompt = JSON.stringify(body);
        if (prompt.includes("O sea!")) return "**Genre:** none\nTopic: none";
        if (!prompt.includes("was refused")) return "I would say it is about nature.";
        refused.push(prompt);
        return '```json\n{"genre": "SCIENCE", "topic": "Algae"}\n```';
      },
    });
    const cwd = projectWith(notes);
    const llm = ["--llm", "ollama:llama3.2", "--ollama-url", server.url, "--min-wait", "0", "--max-wait", "0"];
    const done = await organize(cwd, "--yes", ...llm);
    expect(done.code).toBe(0);
    expect(refused[0]).toContain(
      "The answer named no genre of the list. Answer with one of these: engineering, cooking, science, none.",
    );
    expect(Object.keys(filesIn(join(cwd, "vault")))).toEqual([
      "engineering/databases/Indexes.md",
      "science/Algae/Kelp.md",
      "unclassified/Poem.md",
    ]);
    // Two for the note whose first answer was refused, one for the other; what the preview paid for was kept.
    expect(server.calls).toHaveLength(4);
  });

  it("fails a note whose genre it never says, keeps the answer, and moves the others", { tags: "soak" }, async () => {
    await using server = await startFakeOllama({
      answer: (body) => (JSON.stringify(body).includes("O sea!") ? "hm" : "Genre: science"),
    });
    const cwd = projectWith(notes);
    const done = await organize(
      cwd,
      "--yes",
      "--llm",
      "ollama:llama3.2",
      "--ollama-url",
      server.url,
      "--min-wait",
      "0",
      "--max-wait",
      "0",
    );
    expect(done).toMatchObject({ code: 4, stdout: expect.stringContaining("named no genre") });
    expect(filesIn(join(cwd, "notes"))).toEqual({ "Poem.md": "O sea!\n" });
    expect(done.stdout).toContain(`holdfast retry ${sessionIdIn({ ...done, stderr: "" })}`);
  });
});

describe("holdfast organize --undo", () => {
  it("puts everything back as it was, twice if need be, and removes the folders it made", async () => {
    const notes = {
      "notes/sub/Indexes.md": SQL,
      "notes/Bread.md": BREAD,
      "notes/Unknown.md": "\ufeff---\r\ntags: a b\r\n---\r\ntext",
    };
    const cwd = projectWith(notes);
    mkdirSync(join(cwd, "vault"));
    const before = filesIn(join(cwd, "notes"));
    const id = sessionIdIn(await organize(cwd, "--yes"));
    const undone = await holdfast(["organize", "--undo", id], { cwd });
    expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining("3 notes put back") });
    expect(filesIn(join(cwd, "notes"))).toEqual(before);
    expect(readdirSync(join(cwd, "vault"))).toEqual([]);
    const again = await holdfast(["organize", "--undo", id], { cwd });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("0 notes put back, 3 before") });
    expect(await organize(cwd, "--yes")).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items") });
  });

  it("leaves alone and names what was changed since, or has its old place taken", { tags: "soak" }, async () => {
    const cwd = projectWith({
      "notes/Indexes.md": SQL,
      "notes/Bread.md": BREAD,
      "notes/Flour.md": "sourdough flour\n",
    });
    const id = sessionIdIn(await organize(cwd, "--yes"));
    write(join(cwd, "vault/cooking/Bread.md"), "edited");
    write(join(cwd, "notes/Flour.md"), "a new one");
    const undone = await holdfast(["organize", "--undo", id], { cwd });
    expect(undone.code).toBe(4);
    expect(undone.stdout).toContain("vault/cooking/Bread.md: it was changed since");
    expect(undone.stdout).toContain(`vault/cooking/Flour.md: another file is at ${join(cwd, "notes/Flour.md")} now`);
    expect(filesIn(join(cwd, "notes"))).toEqual({ "Flour.md": "a new one", "Indexes.md": SQL });
    expect(filesIn(join(cwd, "vault"))).toMatchObject({ "cooking/Bread.md": "edited" });
  });

  it("does not take the session of another command", { tags: "soak" }, async () => {
    const cwd = projectWith({ "chats/conversations.json": JSON.stringify([conversation(1)]) });
    const id = sessionIdIn(await holdfast(["import", "chats", "--out", "notes"], { cwd }));
    expect(await holdfast(["organize", "--undo", id], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not an organize session"),
    });
  });
});

describe("a note that was imported and organized", () => {
  it("is updated in the vault when its chat grows, keeps its genre, and is never written a second time", async () => {
    const cwd = projectWith(
      { "chats/conversations.json": JSON.stringify([conversation(0), conversation(1)]) },
      {
        organize: { rules: [{ genre: "sea", topic: "shore" }] },
      },
    );
    const importAgain = () => holdfast(["import", "chats", "--out", "notes"], { cwd });
    await importAgain();
    const before = filesIn(join(cwd, "notes"));
    await organize(cwd, "--yes");
    const organized = filesIn(join(cwd, "vault"));
    expect(Object.keys(organized)).toHaveLength(2);
    expect((await importAgain()).stdout).toContain("2 x unchanged since the last import");

    // One chat grows, and its owner edits the note of the other one, which grows too.
    const grown = [0, 1].map((n) =>
      JSON.parse(JSON.stringify(conversation(n)).replaceAll("sound as long", "very sound as long")),
    );
    write(join(cwd, "chats/conversations.json"), JSON.stringify(grown));
    const [first = "", second = ""] = Object.keys(organized);
    write(join(cwd, "vault", second), "mine");
    const third = await importAgain();
    expect(third.stdout).toContain("edited by you, kept as it is");
    const after = filesIn(join(cwd, "vault"));
    expect(Object.keys(after)).toEqual([first, second]);
    expect(after[first]).toContain("very sound");
    expect(frontMatterOf(after[first])).toMatchObject({ genre: "sea", topic: "shore", normalized: true });
    expect(after[second]).toBe("mine");
    expect(filesIn(join(cwd, "notes"))).toEqual({});
    expect(Object.keys(before)).toHaveLength(2);
  });

  it("is the import's again once organizing it is undone", { tags: "soak" }, async () => {
    const cwd = projectWith(
      { "chats/conversations.json": JSON.stringify([conversation(0)]) },
      { organize: { rules: [{ genre: "sea" }] } },
    );
    await holdfast(["import", "chats", "--out", "notes"], { cwd });
    const before = filesIn(join(cwd, "notes"));
    const id = sessionIdIn(await organize(cwd, "--yes"));
    await holdfast(["organize", "--undo", id], { cwd });
    expect(filesIn(join(cwd, "notes"))).toEqual(before);
    expect((await holdfast(["import", "chats", "--out", "notes"], { cwd })).stdout).toContain("1 x unchanged");
    write(
      join(cwd, "chats/conversations.json"),
      JSON.stringify([conversation(0)]).replaceAll("sound as long", "very sound as long"),
    );
    expect((await holdfast(["import", "chats", "--out", "notes"], { cwd })).stdout).toContain("1 updated");
    expect(Object.keys(filesIn(join(cwd, "notes")))).toEqual(Object.keys(before));
  });

  it("is left to its owner when it had been edited before it was organized", { tags: "soak" }, async () => {
    const cwd = projectWith(
      { "chats/conversations.json": JSON.stringify([conversation(0)]) },
      { organize: { rules: [{ genre: "sea" }] } },
    );
    await holdfast(["import", "chats", "--out", "notes"], { cwd });
    const [name = ""] = readdirSync(join(cwd, "notes"));
    write(join(cwd, "notes", name), `${readFileSync(join(cwd, "notes", name), "utf8")}my own line\n`);
    await organize(cwd, "--yes");
    write(
      join(cwd, "chats/conversations.json"),
      JSON.stringify([conversation(0)]).replaceAll("sound as long", "very sound as long"),
    );
    expect((await holdfast(["import", "chats", "--out", "notes"], { cwd })).stdout).toContain(
      "edited by you, kept as it is",
    );
    expect(filesIn(join(cwd, "vault"))[`sea/${name}`]).toContain("my own line");
  });
});

describe("organizing that is killed", () => {
  const notes = {
    "notes/Indexes.md": SQL,
    "notes/Bread.md": BREAD,
    "notes/sub/Unknown.md": "Something\n",
    "vault/cooking/Bread.md": "my own file",
  };
  const whole = {
    "cooking/Bread (replaced).md": "my own file",
    "cooking/Bread.md": expect.stringContaining(BREAD),
    "engineering/databases/Indexes.md": expect.stringContaining("Use an index."),
    "unclassified/Unknown.md": expect.stringContaining("Something"),
  };
  const args = ["organize", "notes", "--vault", "vault", "--yes", "--on-conflict", "overwrite", "--window", "1"];

  /** The durable boundaries that a command passes. */
  async function pointsOf(command: readonly string[], cwd: string): Promise<readonly Point[]> {
    const log = join(cwd, "points.log");
    await holdfast(command, { cwd, env: { HOLDFAST_CRASH_LOG: log } });
    return pointsIn(readFileSync(log, "utf8"));
  }

  /** Kills a command there, and returns what it had said. */
  async function killedAt({ id }: Point, command: readonly string[], cwd: string): Promise<string> {
    const killed = await holdfast(command, { cwd, env: { HOLDFAST_CRASH_AT: id } });
    expect({ id, code: killed.code }).toEqual({ id, code: null });
    return killed.stderr;
  }

  const isMove = ({ name }: Point): boolean => /^(?:vault|moved-note|move-record|note-put-back):/.test(name);

  async function goesOn(points: readonly Point[]): Promise<void> {
    expect(points.length).toBeGreaterThan(1);
    for (const point of points) {
      const cwd = projectWith(notes);
      const message = await killedAt(point, args, cwd);
      const id = /^Session (\S+)/m.exec(message)?.[1];
      const again = id === undefined ? await holdfast(args, { cwd }) : await holdfast(["resume", id], { cwd });
      expect({ point, ...again }).toMatchObject({ point, code: 0 });
      expect(filesIn(join(cwd, "vault"))).toEqual(whole);
      expect(filesIn(join(cwd, "notes"))).toEqual({});
    }
  }

  async function isUndone(choose: (points: readonly Point[]) => readonly Point[]): Promise<void> {
    const origin = projectWith(notes);
    const before = [filesIn(join(origin, "notes")), filesIn(join(origin, "vault"))];
    const organized = async (): Promise<string> => sessionIdIn(await holdfast(args, { cwd: origin }));
    const points = choose(await pointsOf(["organize", "--undo", await organized()], origin));
    expect(points.length).toBeGreaterThan(1);
    for (const point of points) {
      const id = await organized();
      await killedAt(point, ["organize", "--undo", id], origin);
      await holdfast(["organize", "--undo", id], { cwd: origin });
      expect([filesIn(join(origin, "notes")), filesIn(join(origin, "vault"))]).toEqual(before);
    }
  }

  it("goes on with resume from some boundaries of a move, and every file is there once", { tags: "soak" }, async () => {
    await goesOn(each(4, firstOfEach(await pointsOf(args, projectWith(notes))).filter(isMove)));
  });

  it("goes on with resume from each boundary of a move", { tags: "soak" }, async () => {
    await goesOn(firstOfEach(await pointsOf(args, projectWith(notes))).filter(isMove));
  });

  it("goes on with resume, from wherever it was killed, and every file is there once", { tags: "soak" }, async () => {
    await goesOn(each(3, await pointsOf(args, projectWith(notes))));
  });

  it("is undone from each boundary that only an undoing has", { tags: "soak" }, async () => {
    const known = new Set((await pointsOf(args, projectWith(notes))).map(({ name }) => name));
    await isUndone((points) => firstOfEach(points).filter(({ name }) => !known.has(name)));
  });

  it("is undone from wherever the undoing was killed", { tags: "soak" }, async () => {
    await isUndone((points) => points);
  });
});
