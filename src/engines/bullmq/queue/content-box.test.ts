import { describe, expect, it } from "vitest";
import { contentBox, keysOf } from "./content-box.ts";
import { INLINE_CHARACTERS, MOST_CHARACTERS, PART_CHARACTERS } from "./job.ts";
import { contentText } from "./wire.ts";

/** Values by key, as the queue's database has them. */
function newState() {
  const values = new Map<string, string>();
  return {
    values,
    put: async (key: string, value: string) => void values.set(key, value),
    get: async (key: string) => values.get(key),
  };
}

/** JSON text of so many characters. */
const textOf = (characters: number): string => JSON.stringify("k".repeat(characters - 2));

describe("the content of a job", () => {
  it.each([
    ["travels in the job up to 64 Ki characters", INLINE_CHARACTERS, 0],
    ["is kept beside it from there on", INLINE_CHARACTERS + 1, 1],
  ])("%s", async (_what, characters, kept) => {
    const state = newState();
    const box = contentBox("job", state);
    const packed = await box.pack(textOf(characters));
    expect(state.values.size).toBe(kept);
    expect(keysOf([packed])).toEqual([...state.values.keys()]);
    expect(await box.unpack(packed)).toEqual({ text: textOf(characters), content: "k".repeat(characters - 2) });
  });

  it("is kept once when it is packed twice, and apart from that of another job", async () => {
    const state = newState();
    const text = textOf(INLINE_CHARACTERS + 1);
    for (const job of ["one", "one", "two"]) await contentBox(job, state).pack(text);
    expect(state.values.size).toBe(2);
  });

  it("is not said to be kept when it could not be", async () => {
    const full = { ...newState(), put: () => Promise.reject(new Error("out of memory")) };
    await expect(contentBox("job", full).pack(textOf(INLINE_CHARACTERS + 1))).rejects.toThrow("out of memory");
  });

  it("is refused when it is too large, as a fault of the item", async () => {
    const box = contentBox("job", newState());
    await expect(box.pack(textOf(MOST_CHARACTERS + 1))).rejects.toMatchObject({ kind: "input" });
  });

  it("is kept in parts when it is larger than a database takes at once, cut anywhere", async () => {
    const state = newState();
    const box = contentBox("job", state);
    const text = JSON.stringify(`x${"🪸".repeat(PART_CHARACTERS)}`);
    const packed = await box.pack(text);
    expect(packed).toMatchObject({ parts: 3 });
    expect(keysOf([packed]).toSorted()).toEqual([...state.values.keys()].toSorted());
    expect((await box.unpack(packed)).text === text).toBe(true);
  });

  it.each([
    ["Postgres' types", { code: "22P05" }, "input"],
    ["Postgres' limits", { code: "54000" }, "input"],
    ["a lost connection", { code: "57P01" }, undefined],
    ["a full disk", { code: "53100" }, undefined],
    ["Redis' limit", { name: "ReplyError", message: "ERR string exceeds maximum allowed size" }, "input"],
    ["a full Redis", { name: "ReplyError", message: "OOM command not allowed" }, undefined],
  ])("fails its item when it is refused by %s, and only then", async (_what, fault, kind) => {
    const error = Object.assign(new Error("refused"), fault);
    const box = contentBox("job", { ...newState(), put: () => Promise.reject(error) });
    const packed = box.pack(textOf(INLINE_CHARACTERS + 1));
    await expect(packed).rejects.toMatchObject(
      kind ? { kind, message: expect.stringContaining(error.message) } : fault,
    );
  });

  it.each([
    ["one text that is too long", { key: "content:job:x" }, MOST_CHARACTERS + 1],
    ["parts that together are too long", { key: "content:job:x", parts: 16 }, MOST_CHARACTERS / 4],
  ])("is not taken when it is larger than any that was packed: %s", async (_what, packed, characters) => {
    let asked = 0;
    const text = "x".repeat(characters);
    const get = async (): Promise<string> => {
      asked += 1;
      return text;
    };
    await expect(contentBox("job", { ...newState(), get }).unpack(packed)).rejects.toMatchObject({
      name: "StepError",
      kind: "transient",
      message: expect.stringContaining("larger than the limit of 256.0 MB"),
    });
    expect(asked).toBeLessThanOrEqual(5);
  });

  it.each([
    ["longer than a text of JavaScript may be", Object.assign(new Error("too long"), { code: "ERR_STRING_TOO_LONG" })],
    ["of a length that is none", new RangeError("Invalid string length")],
  ])("is a fault of its item when it is %s", async (_what, error) => {
    const box = contentBox("job", { ...newState(), get: () => Promise.reject(error) });
    await expect(box.unpack({ key: "content:job:x" })).rejects.toMatchObject({ name: "StepError", kind: "transient" });
  });

  it("is asked for again when the database did not answer", async () => {
    const error = Object.assign(new Error("terminating connection"), { code: "57P01" });
    const box = contentBox("job", { ...newState(), get: () => Promise.reject(error) });
    await expect(box.unpack({ key: "content:job:x" })).rejects.toBe(error);
  });

  it.each([
    [1, true],
    [MOST_CHARACTERS / PART_CHARACTERS, true],
    [MOST_CHARACTERS / PART_CHARACTERS + 1, false],
    [1_000, false],
    [0, false],
  ])("may name %j parts: %j", (parts, isTaken) => {
    expect(contentText.safeParse({ key: "content:job:x", parts }).success).toBe(isTaken);
  });

  it("is missed when it is gone", async () => {
    await expect(contentBox("job", newState()).unpack({ key: "content:job:x" })).rejects.toThrow(
      "no longer in the queue",
    );
  });
});
