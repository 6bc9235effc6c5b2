import { StepError } from "../../../core/failure/index.ts";
import type { GenerateRequest, Material } from "../../../core/model/index.ts";
import type { JsonValue } from "../../../core/base/index.ts";
import type { StepContext } from "../../../core/pipeline/index.ts";
import {
  AnswerForm,
  fillPrompt,
  formOf,
  schemaOf,
  type Asked,
  type PromptName,
  type Prompts,
} from "../prompts/index.ts";
import { parseAnswer, type ParsedNote } from "../answer/index.ts";

/** The options of questions to a model, the same for every call of a run. */
export interface AskOptions {
  /** The language the note is written in, in English: `Japanese`. @default the language of the conversation */
  readonly language?: string | undefined;
  /** @default the prompts that come with Holdfast */
  readonly prompts?: Prompts | undefined;
  /** Models that can be held to a JSON Schema are, with `json`. @default "markdown" */
  readonly answer?: AnswerForm | undefined;
}

/** The same with its prompts chosen. */
export interface Asking extends AskOptions {
  readonly prompts: Prompts;
}

/** What an answer depends on besides the input and the model: part of a cached answer's key. */
export const settingsOf = ({ language, answer = AnswerForm.markdown, prompts }: Asking): JsonValue => ({
  language: language ?? null,
  answer,
  prompts: prompts.hash,
});

/** One question to a model. */
export interface Question {
  readonly prompt: Exclude<PromptName, "system">;
  readonly asked: Asked;
  /** What stands in the prompt's own places: the conversation, the document, the notes. */
  readonly values: Readonly<Record<string, string>>;
  readonly material: Material;
}

const SAME_LANGUAGE: Readonly<Record<Question["prompt"], string>> = {
  note: "the language that most of the conversation is in",
  merge: "the language that most of the notes are in",
  describe: "the language that the document is in",
};

/** Writes the request for a question; `complaint` says what was wrong with the answer before. */
export function requestFor(
  { prompt, asked, values, material }: Question,
  { prompts, language, answer }: Asking,
  complaint: string | undefined,
): GenerateRequest {
  const told = language ?? SAME_LANGUAGE[prompt];
  const template = prompts.texts[prompt];
  const again =
    complaint === undefined
      ? ""
      : `Your previous answer was refused: ${complaint} Write all of it again, in the form above.`;
  const form = formOf(answer ?? AnswerForm.markdown, asked);
  const text = fillPrompt(template, { ...values, language: told, form, complaint: again });
  const responseSchema = schemaOf(answer ?? AnswerForm.markdown, asked);
  return {
    prompt: again === "" || template.includes("{complaint}") ? text : `${text}\n${again}\n`,
    system: fillPrompt(prompts.texts.system, { language: told }).trimEnd(),
    material,
    ...(responseSchema !== undefined && { responseSchema }),
  };
}

/** Asks the model and reads its answer. An answer that cannot be used is a `StepError` (`answer`) that says what to fix. */
export async function ask(
  question: Question,
  options: Asking,
  { model, signal, idempotencyKey, complaint }: Pick<StepContext, "model" | "signal" | "idempotencyKey" | "complaint">,
): Promise<ParsedNote> {
  const request = requestFor(question, options, complaint);
  const { text } = await model.generate({ ...request, idempotencyKey, signal });
  const answer = parseAnswer(text, question.asked);
  if (answer.ok) return answer.note;
  throw refused(answer.complaint, text, request);
}

/** The failure of an answer: its message is in the prompt when the model is asked again. */
export const refused = (complaint: string, rawAnswer: string, { system = "", prompt }: GenerateRequest): StepError =>
  new StepError("answer", complaint, { rawAnswer, request: `${system}\n\n${prompt}` });
