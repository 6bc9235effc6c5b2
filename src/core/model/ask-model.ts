import { sha256 } from "../base/index.ts";
import { StepError } from "../failure/index.ts";
import { checkAnswer, jsonSchemaOf } from "./answer-schema.ts";
import { jsonInAnswer } from "./json-in-answer.ts";
import type { GenerateAnswer, GenerateRequest, Model } from "./language-model.ts";
import { textOfMessage } from "./messages.ts";
import type { AnswerSchema, ObjectAnswer, StepModel, StepRequest } from "./step-model.ts";

/** What was wrong with the answers to requests that may be made again, by request. */
export type Complaints = Map<string, string>;

type Send = (request: GenerateRequest) => Promise<GenerateAnswer>;

/** Asks what a step asks: with a prompt whatever it gave, and with its answer read where there is a schema. */
export async function askModel(
  given: StepRequest & { readonly schema?: AnswerSchema | undefined },
  send: Send,
  complaints: () => Complaints,
): Promise<GenerateAnswer | ObjectAnswer<unknown>> {
  const { schema, ...rest } = given;
  const request = withPrompt(rest);
  return schema === undefined ? send(request) : askForObject(request, schema, { send, complaints: complaints() });
}

/**
 * Any model, as steps see theirs: for what calls steps without a run, such as their tests.
 *
 * @example
 * ```ts
 * import { asStepModel } from "holdfast";
 * import { createExtractive } from "holdfast/llm";
 *
 * const model = asStepModel(createExtractive());
 * const prompt = "Kelp grips rock with a holdfast. It does not grip sand.";
 * const { text } = await model.generate({ messages: [{ role: "user", content: prompt }] });
 * console.log(text.includes("holdfast"));
 * // prints: true
 * ```
 */
export function asStepModel(model: Model): StepModel {
  const complaints: Complaints = new Map();
  const { id, lane } = model;
  let answeredBy = id;
  return {
    id,
    lane,
    get answeredBy() {
      return answeredBy;
    },
    get fingerprint() {
      return model.fingerprint;
    },
    check: (signal) => model.check(signal),
    // The overloads say what comes of which request.
    generate: (async (given: StepRequest & { readonly schema?: AnswerSchema }) =>
      askModel(
        given,
        async (request) => {
          const answer = await model.generate(request);
          answeredBy = answer.answeredBy ?? id;
          return answer;
        },
        () => complaints,
      )) as StepModel["generate"],
    ...(model.countTokens && { countTokens: (text: string) => model.countTokens?.(text) ?? 0 }),
  };
}

/** The prompt of messages is their text, for models and counters that know of no messages. */
function withPrompt({ prompt, messages, ...rest }: StepRequest): GenerateRequest {
  if (messages === undefined) return { ...rest, prompt: prompt ?? "" };
  return { ...rest, messages, prompt: messages.map(textOfMessage).join("\n\n") };
}

async function askForObject(
  request: GenerateRequest,
  schema: AnswerSchema,
  { send, complaints }: { readonly send: Send; readonly complaints: Complaints },
): Promise<ObjectAnswer<unknown>> {
  const form = jsonSchemaOf(schema);
  const key = sha256(JSON.stringify([request.system, request.prompt, form ?? null]));
  const complaint = complaints.get(key);
  const answer = await send({
    ...(complaint === undefined ? request : withComplaint(request, complaint)),
    ...(form !== undefined && request.responseSchema === undefined && { responseSchema: form }),
  });
  const json = jsonInAnswer(answer.text);
  const checked = json === undefined ? { complaint: "there is no JSON in it" } : await checkAnswer(schema, json);
  if ("value" in checked) {
    complaints.delete(key);
    return { ...answer, object: checked.value };
  }
  complaints.set(key, checked.complaint);
  throw new StepError("answer", `The answer is not in the form of its schema: ${checked.complaint}.`, {
    rawAnswer: answer.text,
    request: JSON.stringify({ system: request.system, prompt: request.prompt, schema: form }),
  });
}

/** The same request, with what was wrong with the answer to it. */
function withComplaint(request: GenerateRequest, complaint: string): GenerateRequest {
  const again = `Your previous answer was refused: ${complaint}. Answer again, with JSON of the form asked for and nothing else.`;
  const { prompt, messages } = request;
  return {
    ...request,
    prompt: `${prompt}\n\n${again}`,
    ...(messages && { messages: [...messages, { role: "user", content: again }] }),
  };
}
