import { describe, expect, it } from "vitest";
import type { Model } from "../model/index.ts";
import {
  definePipeline,
  fanOut,
  fanOutAgain,
  filterItem,
  sendToReview,
  type AnyPipeline,
  type Sink,
  type Source,
} from "../pipeline/index.ts";
import type { Ledger, LedgerEntry } from "../storage/index.ts";
import { dryRunner, type DryRunResult } from "./dry-run.ts";

const nothing: Source<string> = { name: "read", version: 1, check: async () => [], async *read() {} };
const nowhere: Sink<unknown> = {
  name: "keep",
  version: 1,
  check: async () => {},
  load: () => Promise.reject(new Error("A dry run loads nothing.")),
};

const model: Model = {
  id: "none",
  fingerprint: "none",
  lane: undefined,
  check: async () => ({ notes: [] }),
  generate: () => Promise.reject(new Error("A dry run does not call the model.")),
};

/** A ledger that knows one entry, and keeps the names of the writes that reach it. */
function ledgerOf(entry: LedgerEntry): { readonly ledger: Ledger; readonly writes: readonly string[] } {
  const writes: string[] = [];
  return {
    writes,
    ledger: {
      find: (_target, sourceId) => (sourceId === entry.sourceId ? entry : undefined),
      placesOf: () => [],
      ownerOf: () => undefined,
      intend: () => writes.push("intend") > 0,
      confirm: () => void writes.push("confirm"),
      keep: () => void writes.push("keep"),
    },
  };
}

const ENTRY: LedgerEntry = { target: "/notes", sourceId: "memory:kelp", contentHash: "one", path: "Kelp.md" };

function dryRun(pipeline: AnyPipeline, content: string, { ledger } = ledgerOf(ENTRY)): Promise<DryRunResult> {
  const [phase] = pipeline.phases;
  if (!phase) throw new Error("The pipeline has no phase.");
  const services = { model, modelInfo: { notes: [] }, ledger };
  const cache = { get: () => undefined, set: () => {} };
  const run = dryRunner({ phase, pipeline: pipeline.name, services, cache, newKey: () => "key" });
  return run({ itemId: "kelp", sourcePath: "memory", content });
}

/** Says what was collected, as the reason of a review. */
const join = (parts: readonly string[]) => sendToReview(parts.join("-"), parts.join(""));

describe("a dry run", () => {
  it("takes parts on from the step after the one that made them", async () => {
    const pipeline = definePipeline("once").phase("work", (phase) =>
      phase
        .extract(nothing)
        .step("split", (text) => (text.length > 1 ? fanOut(text.split("")) : filterItem("it was split already")))
        .step("upper", (text) => text.toUpperCase())
        .collect("join", join)
        .load(nowhere),
    );
    expect(await dryRun(pipeline, "kelp")).toMatchObject({
      end: { kind: "loads", reviewReason: "K-E-L-P" },
      chunks: 4,
    });
  });

  it("takes parts that are fanned out again through the step that made them", async () => {
    const pipeline = definePipeline("again").phase("work", (phase) =>
      phase
        .extract(nothing)
        .step("halve", (text) => (text.length > 2 ? fanOutAgain([text.slice(0, 2), text.slice(2)]) : `${text}!`))
        .collect("join", join)
        .load(nowhere),
    );
    expect(await dryRun(pipeline, "kelp")).toMatchObject({
      end: { kind: "loads", reviewReason: "ke!-lp!" },
      chunks: 2,
    });
  });

  it("fails an item that is fanned out again and again, as a run does", async () => {
    let splits = 0;
    const pipeline = definePipeline("endless").phase("work", (phase) =>
      phase
        .extract(nothing)
        .step("split", (text) => ((splits += 1) < 1_000 ? fanOutAgain([text, text]) : text))
        .collect("join", join)
        .load(nowhere),
    );
    expect(await dryRun(pipeline, "kelp")).toMatchObject({
      end: { kind: "fails", failure: "bug", message: "fans out too deep" },
    });
    expect(splits).toBeLessThan(10);
  });

  it("reads the ledger, and writes nothing into it whatever a step wants to", async () => {
    const reserved: boolean[] = [];
    const pipeline = definePipeline("writes").phase("work", (phase) =>
      phase
        .extract(nothing)
        .step("reserve", (text, { ledger }) => {
          const { target, sourceId, contentHash, path } = ledger.find(ENTRY.target, ENTRY.sourceId) ?? ENTRY;
          reserved.push(ledger.intend({ target, sourceId, contentHash, path, pendingHash: "two" }));
          ledger.confirm(target, sourceId);
          ledger.keep(target, sourceId, contentHash);
          return text;
        })
        .load(nowhere),
    );
    const { ledger, writes } = ledgerOf(ENTRY);
    const result = await dryRun(pipeline, "kelp", { ledger, writes });
    expect(result).toMatchObject({ end: { kind: "loads" }, known: [ENTRY] });
    expect(reserved).toEqual([false]);
    expect(writes).toEqual([]);
  });
});
