import { messageOf, type FailedAttempt } from "../../failure/index.ts";
import type { Embed, StepModel } from "../../model/index.ts";
import { idempotencyKeyOf, type RunnableStep, type StepContext } from "../../pipeline/index.ts";
import type { PendingItem } from "../../storage/index.ts";
import type { RunDeps } from "../run-deps.ts";

/** What a context is made of. */
export interface ContextParts {
  readonly attempt: number;
  /** The attempts whose answers were refused. */
  readonly refused: readonly FailedAttempt[];
  readonly model: StepModel;
  readonly embed: Embed;
  readonly signal: AbortSignal;
}

/** Makes the contexts of a step, one for each attempt of each item. */
export function contextsOf(step: RunnableStep, deps: RunDeps): (item: PendingItem, parts: ContextParts) => StepContext {
  const services = Object.entries(deps.services).filter(([name]) => name !== "model");
  return (item, parts) => {
    const context = new ItemContext({ step, deps, item }, parts, services);
    // The compiler does not follow what is added here, and the services.
    return Object.defineProperty(context, "idempotencyKey", KEY) as unknown as StepContext;
  };
}

interface Call {
  readonly step: RunnableStep;
  readonly deps: RunDeps;
  readonly item: PendingItem;
}

const CALL = Symbol("call");

/**
 * A class, because one is made for each step of each item: an object literal with a getter costs ten times as much, and has
 * a hidden class of its own, which lives until the next full collection.
 */
class ItemContext {
  readonly model: StepModel;
  readonly embed: Embed;
  readonly sessionId: string;
  readonly phase: string;
  readonly step: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly complaint: string | undefined;
  readonly reviewReason: string | undefined;
  readonly force: boolean;
  readonly log: StepContext["log"];
  readonly [CALL]: Call & { readonly refused: number };

  constructor(
    { step, deps, item }: Call,
    { attempt, refused, model, embed, signal }: ContextParts,
    services: readonly (readonly [name: string, service: unknown])[],
  ) {
    const last = refused.at(-1);
    for (const [name, service] of services) Reflect.set(this, name, service);
    this.model = model;
    this.embed = embed;
    this.sessionId = deps.sessionId;
    this.phase = item.phase;
    this.step = step.name;
    this.itemId = item.itemId;
    this.sourcePath = item.sourcePath;
    this.attempt = attempt;
    this.signal = signal;
    this.complaint = last && messageOf(last.error);
    this.reviewReason = item.reviewReason;
    this.force = item.force;
    this.log = deps.logs.logger({ stage: step.stage, step: step.name, itemId: item.itemId });
    this[CALL] = { step, deps, item, refused: refused.length };
  }
}

/** Made when it is asked for: most steps call nothing. The context's own, so that a copy of the context has it too. */
const KEY = {
  enumerable: true,
  configurable: true,
  get(this: ItemContext): string {
    const { step, deps, item, refused } = this[CALL];
    const { phase, itemId, generation, keyGeneration } = item;
    return idempotencyKeyOf({
      identity: deps.identity,
      phase,
      itemId,
      step: step.name,
      generation: keyGeneration ?? generation,
      refused,
    });
  },
};
