import { describe, expect, it } from "vitest";
import { contentBox, keysOf } from "./content-box.ts";
import { INLINE_CHARACTERS, MOST_CHARACTERS } from "./job.ts";

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

  it("is missed when it is gone", async () => {
    await expect(contentBox("job", newState()).unpack({ key: "content:job:x" })).rejects.toThrow(
      "no longer in the queue",
    );
  });
});
