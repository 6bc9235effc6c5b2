import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Permit, PermitAnswer } from "../queue/shared-state.ts";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import { PermitLine } from "./permit-line.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const permit = (id: string): Permit => ({ id, asker: "one", concurrency: 1, windows: [], leaseMs: 5_000 });

/** A line whose asking is answered by `answer`, and the ids that asked, in order. */
function newLine(answer: (id: string) => PermitAnswer | Promise<PermitAnswer>) {
  const asked: string[] = [];
  const drain = new AbortController();
  const take = async (_lane: string, { id }: Permit): Promise<PermitAnswer> => {
    asked.push(id);
    return answer(id);
  };
  const line = new PermitLine("api", { state: sharedStateWith({ take }), drain: drain.signal, random: () => 0 });
  return { line, asked, drain };
}

describe("calls that wait for a permit", () => {
  it("let nobody overtake the one that was refused", async () => {
    let isFull = true;
    const { line, asked } = newLine((id) => ({ kind: id === "large" && isFull ? "full" : "taken" }));
    const entered: string[] = [];
    const enter = (id: string): Promise<unknown> => line.enter(permit(id)).then(() => entered.push(id));
    const large = enter("large");
    await vi.advanceTimersByTimeAsync(1);
    const small = enter("small");
    await vi.advanceTimersByTimeAsync(200);
    expect(entered).toEqual([]);
    expect(asked).not.toContain("small");
    isFull = false;
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all([large, small]);
    expect(entered).toEqual(["large", "small"]);
  });

  it("ask beside one another again once nobody waits", async () => {
    let answers = 0;
    const { line, asked } = newLine((id) => {
      if (id === "first") return { kind: (answers += 1) === 1 ? "full" : "taken" };
      return new Promise(() => {});
    });
    const first = line.enter(permit("first"));
    await vi.advanceTimersByTimeAsync(1_000);
    await first;
    for (const id of ["a", "b", "c"]) void line.enter(permit(id));
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(["first", "first", "a", "b", "c"]);
  });

  it("go on after one that gave up at a drain, and end with it", async () => {
    const { line, drain } = newLine(() => ({ kind: "full" }));
    const ends = ["a", "b"].map((id) => line.enter(permit(id)).catch((error: unknown) => error));
    await vi.advanceTimersByTimeAsync(100);
    drain.abort("enough");
    expect(await Promise.all(ends)).toEqual(["enough", "enough"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("wait while the database does not answer, and fail no item for it", async () => {
    let isAway = true;
    const { line } = newLine(() => (isAway ? Promise.reject(new Error("away")) : { kind: "taken" }));
    const entered = line.enter(permit("a"));
    await vi.advanceTimersByTimeAsync(5_000);
    isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await entered;
  });
});
