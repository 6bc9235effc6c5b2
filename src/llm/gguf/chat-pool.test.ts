import { describe, expect, it } from "vitest";
import { createPool } from "./chat-pool.ts";

/** Work that ends when it is told to. */
function opened() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, end: resolve };
}

describe("createPool", () => {
  it("lends each thing to one borrower at a time, first come first served", async () => {
    const pool = createPool(["only"]);
    const order: string[] = [];
    const first = opened();
    const uses = [
      pool.use(undefined, async () => (order.push("first"), first.promise)),
      pool.use(undefined, async () => void order.push("second")),
      pool.use(undefined, async () => void order.push("third")),
    ];
    await Promise.resolve();
    expect(order).toEqual(["first"]);
    first.end();
    await Promise.all(uses);
    expect(order).toEqual(["first", "second", "third"]);
  });

  it("takes a thing back from work that failed", async () => {
    const pool = createPool(["only"]);
    await expect(pool.use(undefined, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await pool.use(undefined, async (lent) => lent)).toBe("only");
  });

  it("lets who waits leave with the signal's reason, and the next one be served", async () => {
    const pool = createPool(["only"]);
    const first = opened();
    const holding = pool.use(undefined, () => first.promise);
    const control = new AbortController();
    const leaving = pool.use(control.signal, async () => "never");
    const next = pool.use(undefined, async (lent) => lent);
    control.abort(new Error("enough"));
    await expect(leaving).rejects.toThrow("enough");
    first.end();
    await holding;
    expect(await next).toBe("only");
  });
});
