import type { JsonValue, StandardSchema } from "../base/index.ts";
import type { Message } from "./messages.ts";
import type { GenerateAnswer, GenerateRequest, Model, ModelInfo } from "./language-model.ts";

/** What a step asks of its model: a prompt, or messages. */
export type StepRequest = Omit<GenerateRequest, "prompt" | "messages"> &
  (
    | { readonly prompt: string; readonly messages?: readonly Message[] }
    | { readonly prompt?: string; readonly messages: readonly Message[] }
  );

/** What a schema describes: any Standard Schema (zod, valibot, arktype), or a JSON Schema. */
export type AnswerSchema = StandardSchema | { readonly [key: string]: JsonValue };

/** An answer that was read by a schema. */
export interface ObjectAnswer<T> extends GenerateAnswer {
  /** The answer's JSON, checked and as the schema gives it. */
  readonly object: T;
}

/** What the schema gives; of a JSON Schema that is any JSON. */
export type ObjectOf<Schema extends AnswerSchema> =
  Schema extends StandardSchema<unknown, infer Output> ? Output : JsonValue;

/**
 * The model of a run, as its steps see it. With a `schema` the answer is asked for in its form, checked, and typed; one that
 * does not fit is an `answer` failure, so that the step is called again, and the same request then says what was wrong.
 *
 * @example
 * ```ts
 * import { asStepModel } from "holdfast";
 * import { createOpenAI } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 * import { z } from "zod";
 *
 * // The server of a test. A step gets its model as `ctx.model`; `asStepModel` is for code without a run.
 * await using server = await startFakeOpenAI({ answer: () => '{ "stars": 4, "reason": "It grips." }' });
 * const model = asStepModel(createOpenAI({ model: "m", baseUrl: server.url }));
 * const Rating = z.object({ stars: z.int().min(1).max(5), reason: z.string() });
 * const { object } = await model.generate({ prompt: "Rate this kelp.", schema: Rating });
 * console.log(object.stars, object.reason);
 * // prints: 4 It grips.
 * ```
 */
export interface StepModel extends Omit<Model, "generate" | "alternatives"> {
  /** Who gave the latest answer: `id`, or the id of one of those that are asked in turn. */
  readonly answeredBy: string;
  generate<const Schema extends AnswerSchema>(
    request: StepRequest & { readonly schema: Schema },
  ): Promise<ObjectAnswer<ObjectOf<Schema>>>;
  generate(request: StepRequest): Promise<GenerateAnswer>;
}

declare module "../pipeline/step-context.ts" {
  interface StepServices {
    /** The model of the run. */
    readonly model: StepModel;
    /** What the model reported about itself before the run's first item. */
    readonly modelInfo: ModelInfo;
  }
}
