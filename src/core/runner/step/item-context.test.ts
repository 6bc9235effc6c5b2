import { describe, expect, it } from "vitest";
import { silentLogger } from "../../base/index.ts";
import { StepError } from "../../failure/index.ts";
import { asStepModel, type Model, NO_EMBED } from "../../model/index.ts";
import type { RunnableStep, StepContext } from "../../pipeline/index.ts";
import type { PendingItem } from "../../storage/index.ts";
import type { RunDeps } from "../run-deps.ts";
import { contextsOf } from "./item-context.ts";

const model = { id: "metered" } as unknown as Model;
const services = { model: { id: "raw" }, ledger: { name: "ledger" }, db: { name: "mine" } };
const deps = {
  services,
  sessionId: "20260119_143052",
  identity: "c0ffee",
  logs: { logger: () => silentLogger },
} as unknown as RunDeps;
const item = { phase: "p", itemId: "a", sourcePath: "in", generation: 1, force: false } as PendingItem;
const step = { name: "ask", stage: "transform" } as RunnableStep;

const contextOf = (more: Partial<Parameters<ReturnType<typeof contextsOf>>[1]> = {}): StepContext =>
  contextsOf(step, deps)(item, {
    attempt: 1,
    refused: [],
    model: asStepModel(model),
    embed: NO_EMBED,
    signal: new AbortController().signal,
    ...more,
  });

describe("the context of a step", () => {
  const original = contextOf();
  const key = original.idempotencyKey;

  it.each<[how: string, copy: StepContext]>([
    ["as it is", original],
    ["spread", { ...original }],
    ["assigned", Object.assign({}, original)],
    ["inherited from", Object.create(original) as StepContext],
  ])("has all that a step may ask for, %s", (_, ctx) => {
    expect(ctx.idempotencyKey).toBe(key);
    expect(ctx).toMatchObject({ phase: "p", step: "ask", itemId: "a", sourcePath: "in", attempt: 1 });
    expect(ctx.model.id).toBe(model.id);
    expect(Reflect.get(ctx, "db")).toBe(services.db);
    expect(Reflect.get(ctx, "ledger")).toBe(services.ledger);
  });

  it("has the key of a new question, and the complaint, after an answer that was refused", () => {
    const error = new StepError("answer", "no title");
    const again = contextOf({ attempt: 2, refused: [{ attempt: 1, kind: "answer", error, at: 0 }] });
    expect(again.complaint).toContain("no title");
    expect(again.idempotencyKey).not.toBe(key);
    expect(contextOf({ attempt: 2 }).idempotencyKey).toBe(key);
  });
});
