import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversation } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";
import { runs } from "../runs.ts";

/** A conversation with blocks that nobody knows. */
function strange(n: number, blocks: readonly object[]): object {
  const { chat_messages: messages, ...chat } = conversation(n) as { chat_messages: readonly { content: object[] }[] };
  return {
    ...chat,
    chat_messages: messages.map((message, at) =>
      at > 0 ? message : { ...message, content: [...message.content, ...blocks] },
    ),
  };
}

describe("holdfast drift", () => {
  it("sums up what an import did not know, and the end of the import says so in one line", async () => {
    const cwd = newProject();
    const chats = [
      strange(1, [
        { type: "hologram", depth: 3, text: "a secret" },
        { type: "hologram", depth: null },
      ]),
      strange(2, [
        { type: "hologram", angle: {} },
        { type: "smell", notes: [] },
      ]),
      conversation(3),
    ];
    writeFileSync(join(cwd, "chats.json"), JSON.stringify(chats));
    const ran = await holdfast(["import", "chats.json", "--out", "notes"], { cwd });
    const id = sessionIdIn(ran);
    expect(ran.stdout).toContain(
      `2 unknown content types, 4 blocks: kept as text; \`holdfast drift ${id}\` writes a report that holds no text of yours`,
    );
    const told = await holdfast(["drift", id], { cwd });
    expect(told.stdout).toContain("claude hologram: 3 in 2 chats");
    expect(told.stdout).toContain("angle (object)");
    expect(told.stdout).toContain("depth (null or number)");
    const report = JSON.parse((await holdfast(["drift", id, "--json"], { cwd })).stdout);
    expect(report).toMatchObject({ session: id, items: 2 });
    expect(report.contentTypes[0]).toEqual({
      service: "claude",
      name: "hologram",
      count: 3,
      items: 2,
      fields: { type: "string", depth: "null or number", text: "string", angle: "object" },
    });
  });

  it(
    "says that nothing was unknown, and so does the end of the import by saying nothing",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      writeFileSync(join(cwd, "chats.json"), JSON.stringify([conversation(1)]));
      const ran = await holdfast(["import", "chats.json", "--out", "notes"], { cwd });
      expect(ran.stdout).not.toContain("drift");
      const told = await holdfast(["drift", sessionIdIn(ran)], { cwd });
      expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining("everything was recognized") });
    },
  );

  it("has no text of the chats in it, wherever that text stands", { tags: "soak" }, async () => {
    const secret = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
      .map((text) => `kelp secret ${text} ${text}`);
    const blocks = fc.array(
      fc.record({
        type: fc.oneof(secret, fc.constantFrom("hologram", 7, null)),
        key: secret,
        value: secret,
        deep: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(blocks, async (blocks) => {
        const cwd = newProject();
        const told = blocks.map(({ type, key, value, deep }) =>
          deep ? { type, data: { [key]: value, type: key } } : { type, [key]: value, text: value },
        );
        writeFileSync(join(cwd, "chats.json"), JSON.stringify([{ ...strange(1, told), name: "kelp secret" }]));
        const ran = await holdfast(["import", "chats.json", "--out", "notes"], { cwd });
        const id = sessionIdIn(ran);
        const reports = await Promise.all([
          holdfast(["drift", id], { cwd }),
          holdfast(["drift", id, "--json"], { cwd }),
        ]);
        for (const { code, stdout } of reports) {
          expect(code).toBe(0);
          expect(stdout).not.toContain("secret");
        }
      }),
      { numRuns: runs(5) },
    );
  });
});
