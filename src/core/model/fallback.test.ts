import { describe, expect, it } from "vitest";
import { ConnectionError } from "../../retry/index.ts";
import { HoldfastError } from "../failure/errors.ts";
import { StepError, type FailureKind } from "../failure/failure.ts";
import { LaneClosed } from "../failure/lane-closed.ts";
import { NotSent } from "../failure/not-sent.ts";
import { askInTurn, fallback, lanesOf, type FallbackOptions } from "./fallback.ts";
import type { Alternatives, GenerateAnswer, Model, ModelInfo } from "./language-model.ts";

type Outcome = GenerateAnswer | Error;

const answer = (text: string): GenerateAnswer => ({ text, usage: {} });
const failure = (kind: FailureKind): StepError => new StepError(kind, `It was ${kind}.`);

/** A model that gives these, one after the other, and then the last one again and again. */
function model(id: string, outcomes: readonly Outcome[], more: Partial<Model> = {}): Model & { asked: number } {
  return {
    id,
    fingerprint: `f ${id}`,
    lane: id.split(":")[0],
    check: async (): Promise<ModelInfo> => ({ notes: [] }),
    asked: 0,
    async generate() {
      const outcome = outcomes[Math.min(this.asked, outcomes.length - 1)] ?? answer(id);
      this.asked += 1;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    ...more,
  };
}

const alternativesOf = ({ alternatives }: Model): Alternatives => {
  if (!alternatives) throw new Error("not a fallback");
  return alternatives;
};

describe("fallback", () => {
  it("is one model with the names and fingerprints of all, in the lane of the first", () => {
    const both = fallback([model("openai:a", []), model("ollama:b", [])]);
    expect([both.id, both.fingerprint, both.lane]).toEqual([
      "fallback(openai:a, ollama:b)",
      "fallback(f openai:a, f ollama:b)",
      "openai",
    ]);
  });

  it("asks the first one as long as it answers, and says who did", async () => {
    const [a, b] = [model("openai:a", []), model("ollama:b", [])];
    const both = fallback([a, b]);
    for (let n = 0; n < 3; n += 1)
      expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: "openai:a" });
    expect([a.asked, b.asked]).toEqual([3, 0]);
  });

  it.each<readonly [FailureKind, goesOn: boolean, isAskedAgain: boolean]>([
    ["transient", true, true],
    ["rate_limit", true, true],
    ["quota", true, false],
    ["auth", true, false],
    ["missing_model", true, false],
    ["input", true, true],
    ["input_too_long", true, true],
    ["answer", false, true],
    ["bug", false, true],
    ["write", false, true],
    ["cancelled", false, true],
  ])(
    "after %s: the next one is asked: %s, and the first one again in the next call: %s",
    async (kind, goesOn, again) => {
      const a = model("openai:a", [failure(kind), answer("a")]);
      const both = fallback([a, model("ollama:b", [])]);
      const first = both.generate({ prompt: "?" });
      if (goesOn) expect(await first).toMatchObject({ text: "ollama:b", answeredBy: "ollama:b" });
      else await expect(first).rejects.toMatchObject({ kind });
      expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: again ? "openai:a" : "ollama:b" });
    },
  );

  it.each<readonly [name: string, options: FallbackOptions, outcome: Error, answeredBy: string | undefined]>([
    ["what is named alone", { on: ["quota"] }, failure("quota"), "ollama:b"],
    ["what is not named", { on: ["quota"] }, failure("transient"), undefined],
    ["an answer of no use, when named", { on: ["answer"] }, failure("answer"), "ollama:b"],
    ["a network failure", {}, new ConnectionError("reset"), "ollama:b"],
    ["a call that need not be made", {}, new NotSent("an equal one was answered"), undefined],
  ])("goes by kinds: %s", async (_, options, outcome, answeredBy) => {
    const both = fallback([model("openai:a", [outcome]), model("ollama:b", [])], options);
    const asked = both.generate({ prompt: "?" });
    if (answeredBy === undefined) await expect(asked).rejects.toBe(outcome);
    else expect(await asked).toMatchObject({ answeredBy });
  });

  it.each<readonly [a: FailureKind, b: FailureKind, says: FailureKind]>([
    ["quota", "transient", "transient"],
    ["transient", "auth", "transient"],
    ["auth", "quota", "quota"],
    ["input", "quota", "input"],
    ["input_too_long", "input", "input_too_long"],
    ["missing_model", "auth", "missing_model"],
    ["rate_limit", "quota", "rate_limit"],
  ])("when none answers, %s and %s are together %s, with what each has said", async (a, b, kind) => {
    const both = fallback([model("openai:a", [failure(a)]), model("ollama:b", [failure(b)])]);
    await expect(both.generate({ prompt: "?" })).rejects.toMatchObject({
      kind,
      message: `None of the models has answered. openai:a: It was ${a}. ollama:b: It was ${b}.`,
    });
  });

  it("says why the others are out when the last one fails", async () => {
    const both = fallback([
      model("openai:a", [failure("quota")]),
      model("ollama:b", [answer("b"), failure("transient")]),
    ]);
    await both.generate({ prompt: "?" });
    await expect(both.generate({ prompt: "?" })).rejects.toMatchObject({
      kind: "transient",
      message: "None of the models has answered. openai:a: It was quota. ollama:b: It was transient.",
    });
  });

  it("ends with its signal, and asks nobody else then", async () => {
    const aborting = new AbortController();
    const b = model("ollama:b", []);
    const a = model("openai:a", [], {
      generate: async () => {
        aborting.abort(new Error("enough"));
        throw failure("transient");
      },
    });
    await expect(fallback([a, b]).generate({ prompt: "?", signal: aborting.signal })).rejects.toThrow("enough");
    expect(b.asked).toBe(0);
  });

  it.each([
    ["one model", () => fallback([model("a", [])] as never), "two models or more"],
    ["the same twice", () => fallback([model("a", []), model("a", [])]), 'got "a" twice'],
    [
      "a fallback in a fallback",
      () => fallback([model("a", []), fallback([model("b", []), model("c", [])])]),
      "put those of fallback(b, c) into one list",
    ],
  ])("refuses %s", (_, make, says) => {
    expect(make).toThrow(says);
  });
});

describe("the check of a fallback", () => {
  const unusable = (): Promise<never> => Promise.reject(new HoldfastError("model_unusable", "There is no such model."));

  it("passes when one model can be used, says which cannot, and asks that one nothing", async () => {
    const a = model("openai:a", [], { check: unusable });
    const both = fallback([
      a,
      model("ollama:b", [], { check: async () => ({ notes: ["b is fine"], contextTokens: 9 }) }),
    ]);
    expect(await both.check()).toEqual({
      notes: [
        "b is fine",
        "openai:a is left out of this run, and the others are asked in its place: There is no such model.",
      ],
      contextTokens: 9,
    });
    expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: "ollama:b" });
    expect(a.asked).toBe(0);
  });

  it("tells the smallest context", async () => {
    const sized = (id: string, contextTokens: number): Model =>
      model(id, [], { check: async () => ({ notes: [], contextTokens }) });
    expect(await fallback([sized("a", 8192), sized("b", 4096), model("c", [])]).check()).toMatchObject({
      contextTokens: 4096,
    });
  });

  it("fails when none can be used, with what is wrong with each", async () => {
    const both = fallback([model("a", [], { check: unusable }), model("b", [], { check: unusable })]);
    await expect(both.check()).rejects.toMatchObject({
      code: "model_unusable",
      message: "None of the models can be used. a: There is no such model. b: There is no such model.",
    });
  });

  it("leaves what is left out as it is until it has found otherwise", async () => {
    const checking = Promise.withResolvers<ModelInfo>();
    const a = model("openai:a", [failure("quota"), answer("a")], { check: () => checking.promise });
    const both = fallback([a, model("ollama:b", [])]);
    await both.generate({ prompt: "?" });
    const check = both.check();
    expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: "ollama:b" });
    checking.resolve({ notes: [] });
    await check;
    expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: "openai:a" });
  });

  it("gives each model another chance", async () => {
    const both = fallback([model("openai:a", [failure("quota"), answer("a")]), model("ollama:b", [])]);
    expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: "ollama:b" });
    await both.check();
    expect(await both.generate({ prompt: "?" })).toMatchObject({ answeredBy: "openai:a" });
  });
});

describe("models that are asked in turn, in lanes", () => {
  const closed = new LaneClosed("closed");

  it("are waited for when all are closed, and asked in their order again", async () => {
    const [a, b] = [model("openai:a", [closed, closed, answer("a")]), model("ollama:b", [closed])];
    const waits: (readonly string[])[] = [];
    const got = await askInTurn(alternativesOf(fallback([a, b])), {
      ask: (each) => each.generate({ prompt: "?" }),
      untilOpen: async (models) => void waits.push(models.map(({ id }) => id)),
    });
    expect(got.answeredBy).toBe("openai:a");
    expect(waits).toEqual([
      ["openai:a", "ollama:b"],
      ["openai:a", "ollama:b"],
    ]);
  });

  it("are not asked again in a call that they have refused", async () => {
    const [a, b] = [model("openai:a", [closed, answer("a")]), model("ollama:b", [failure("input")])];
    const got = await askInTurn(alternativesOf(fallback([a, b])), {
      ask: (each) => each.generate({ prompt: "?" }),
      untilOpen: async () => {},
    });
    expect([got.answeredBy, b.asked]).toEqual(["openai:a", 1]);
  });

  it("are not waited for without a lane: nobody can say when they may be asked again", async () => {
    const [a, b] = [
      model("openai:a", [failure("rate_limit")], { lane: undefined }),
      model("ollama:b", [failure("input")], { lane: undefined }),
    ];
    const asked = askInTurn(alternativesOf(fallback([a, b])), {
      ask: (each) => each.generate({ prompt: "?" }),
      untilOpen: () => Promise.reject(new Error("nobody should wait")),
    });
    await expect(asked).rejects.toMatchObject({ kind: "rate_limit" });
  });

  it("are left to the step's own retry when one may soon do better", async () => {
    const [a, b] = [model("openai:a", [closed]), model("ollama:b", [failure("transient")])];
    const asked = askInTurn(alternativesOf(fallback([a, b])), {
      ask: (each) => each.generate({ prompt: "?" }),
      untilOpen: () => Promise.reject(new Error("nobody should wait")),
    });
    await expect(asked).rejects.toMatchObject({ kind: "transient" });
  });

  it("have a lane each, by the name of its provider, else by its own", () => {
    const models = [model("openai:a", []), model("openai:b", []), model("ollama:c", [])] as const;
    const extractive = model("extractive", [], { lane: undefined });
    expect([...lanesOf(fallback([...models, extractive])).keys()]).toEqual(["openai", "openai:b", "ollama"]);
    expect([...lanesOf(models[0]).keys()]).toEqual(["openai"]);
    expect([...lanesOf(extractive)]).toEqual([]);
  });
});
