import { describe, expect, it } from "vitest";
import { Bag, type InBag } from "./bag.ts";

const thing = (name: string): InBag & { readonly name: string } => ({ name, slot: -1 });
type Thing = ReturnType<typeof thing>;

describe("a bag", () => {
  it("has what came and did not go, whatever the order", () => {
    const bag = new Bag<Thing>();
    const things = Array.from({ length: 50 }, (_, index) => thing(String(index)));
    const expected = new Set<Thing>();
    // Each thing is visited many times, and comes when it is out, or goes when it is in.
    for (let turn = 0; turn < 1_000; turn++) {
      const one = things[(turn * 17 + Math.floor(turn / 7)) % things.length];
      if (!one) continue;
      if (expected.delete(one)) expect(bag.delete(one)).toBe(true);
      else {
        expected.add(one);
        bag.add(one);
      }
      expect(bag.size).toBe(expected.size);
    }
    expect(new Set(bag.list())).toEqual(expected);
  });

  it("takes each thing once, and gives out what it has alone", () => {
    const [bag, other] = [new Bag<Thing>(), new Bag<Thing>()];
    const [one, two] = [thing("one"), thing("two")];
    bag.add(one);
    bag.add(one);
    expect(bag.size).toBe(1);
    expect(bag.delete(two)).toBe(false);
    expect(other.delete(one)).toBe(false);
    expect(bag.delete(one)).toBe(true);
    expect(bag.delete(one)).toBe(false);
    expect(bag.list()).toEqual([]);
  });
});
