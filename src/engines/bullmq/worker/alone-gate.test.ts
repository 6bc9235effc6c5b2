import { describe, expect, it } from "vitest";
import { AloneGate, patienceOf } from "./alone-gate.ts";

const LONG = { patienceMs: 3_600_000 };

function newGate(): { readonly gate: AloneGate; readonly said: string[] } {
  const said: string[] = [];
  return { gate: new AloneGate({ take: (isTaking) => void said.push(isTaking ? "takes" : "takes none") }), said };
}

function entered(gate: AloneGate): NonNullable<ReturnType<AloneGate["enter"]>> {
  const job = gate.enter();
  if (!job) throw new Error("The job was not let in.");
  return job;
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("a job that is to be alone at its worker", () => {
  it("begins when all others have left, of which each is told, and holds up those that come meanwhile", async () => {
    const { gate, said } = newGate();
    const [one, other, alone] = [entered(gate), entered(gate), entered(gate)];
    const ended = alone.alone(async () => void said.push(`begins with ${gate.size}`), LONG);
    expect([one.isUnwanted(), other.isUnwanted(), alone.isUnwanted()]).toEqual([true, true, false]);
    expect(gate.enter()).toBeUndefined();
    one[Symbol.dispose]();
    await turn();
    expect(said).toEqual(["takes none"]);
    other[Symbol.dispose]();
    await ended;
    expect(said).toEqual(["takes none", "begins with 1", "takes"]);
    expect(entered(gate).isUnwanted()).toBe(false);
  });

  it("begins at once where nothing else is, and lets nobody in until it ends, however that is", async () => {
    const { gate, said } = newGate();
    const alone = entered(gate);
    const broken = alone.alone(async () => {
      expect(gate.enter()).toBeUndefined();
      throw new Error("the database is away");
    }, LONG);
    await expect(broken).rejects.toThrow("away");
    expect(said).toEqual(["takes none", "takes"]);
    expect(gate.enter()).toBeDefined();
  });

  it("does not begin when the others take too long, and they go on", async () => {
    const { gate, said } = newGate();
    const [other, alone] = [entered(gate), entered(gate)];
    expect(await alone.alone(async () => said.push("begins"), { patienceMs: 1 })).toBeUndefined();
    expect(said).toEqual(["takes none", "takes"]);
    expect(other.isUnwanted()).toBe(false);
  });

  it("is put down where another one is alone or waits for that", async () => {
    const { gate, said } = newGate();
    const [one, other] = [entered(gate), entered(gate)];
    const first = one.alone(async () => void said.push("first"), LONG);
    expect(await other.alone(async () => said.push("second"), LONG)).toBeUndefined();
    other[Symbol.dispose]();
    await first;
    expect(said).toEqual(["takes none", "first", "takes"]);
  });

  it.each([
    [-5_000, 1_000],
    [0, 1_000],
    [90_000.4, 90_001],
    [1e12, 3_600_000],
  ])("waits for others as long as it has waited: after %j ms for %j", (waitedMs, patienceMs) => {
    expect(patienceOf(waitedMs)).toBe(patienceMs);
  });
});
