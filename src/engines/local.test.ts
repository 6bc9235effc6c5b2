import { describe, expect, it } from "vitest";
import { localEngine } from "./index.ts";

async function* numbers(count: number, taken: number[] = []): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) {
    taken.push(n);
    yield n;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the local engine", () => {
  it("works on every item and never on more than the window at once", async () => {
    let inFlight = 0;
    let most = 0;
    const done: number[] = [];
    await localEngine.run(
      numbers(50),
      async (n) => {
        most = Math.max(most, (inFlight += 1));
        await turn();
        done.push(n);
        inFlight -= 1;
      },
      { window: 7 },
    );
    expect(done.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(most).toBe(7);
  });

  it("reads the feed only when there is room", async () => {
    const taken: number[] = [];
    const gates: (() => void)[] = [];
    const run = localEngine.run(numbers(10, taken), () => new Promise<void>((resolve) => gates.push(resolve)), {
      window: 2,
    });
    for (let i = 0; i < 5; i += 1) await turn();
    expect(taken).toEqual([0, 1]);
    gates.shift()?.();
    for (let i = 0; i < 5; i += 1) await turn();
    expect(taken).toEqual([0, 1, 2]);
    const open = setInterval(() => gates.splice(0).forEach((gate) => gate()), 1);
    await run;
    clearInterval(open);
    expect(taken).toHaveLength(10);
  });

  it("ends after the work in flight, with the first rejection, and takes nothing more", async () => {
    const taken: number[] = [];
    let ended = 0;
    const run = localEngine.run(
      numbers(100, taken),
      async (n) => {
        await turn();
        ended += 1;
        if (n === 3) throw new Error("the disk is full");
      },
      { window: 4 },
    );
    await expect(run).rejects.toThrow("the disk is full");
    expect(ended).toBe(taken.length);
    expect(taken.length).toBeLessThan(100);
  });

  it("ends at once for an empty feed", async () => {
    await expect(localEngine.run(numbers(0), async () => {}, { window: 3 })).resolves.toBeUndefined();
  });

  it("passes on an error of the feed after the work in flight", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error("the file is gone");
    }
    let ended = false;
    const work = async (): Promise<void> => {
      await turn();
      ended = true;
    };
    await expect(localEngine.run(broken(), work, { window: 3 })).rejects.toThrow("the file is gone");
    expect(ended).toBe(true);
  });
});
