import { StepError } from "../../../core/failure/index.ts";
import {
  filterItem,
  type FanOutAgain,
  type Filter,
  defineStep,
  type Step,
  type StepContext,
} from "../../../core/pipeline/index.ts";
import { tokenCounter } from "../../../core/model/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { ParsedNote } from "../answer/index.ts";
import {
  ask,
  materialOf,
  questionAbout,
  questionAboutPart,
  refused,
  requestFor,
  settingsOf,
  type Asking,
  type AskOptions,
  type Question,
} from "../ask/index.ts";
import { QUOTING_ENGINE, type ChatPart, type NotedPart, type PartNote } from "../chat-part.ts";
import { languageMismatch, languageName } from "../language/index.ts";
import { PROMPT_VERSION, promptsWith } from "../prompts/index.ts";
import { cutSmaller } from "./cut-smaller.ts";
import { describeDocument } from "./describe-document.ts";

/** How {@link extractKnowledge} asks the model. Give `splitChunks` and `mergeNotes` the same. */
export interface ExtractKnowledgeOptions extends AskOptions {}

/**
 * A step that turns a conversation, or one part of it, into the content of a note, with the run's model. A bad answer
 * is an `answer` failure whose message tells the model what to fix; when the step is called again, that message is in
 * the prompt. A text that the model refuses as too long, or cannot answer within its context, is cut smaller and fanned
 * out to this step again, twice at the most. Conversations without text are filtered; a document that is kept as it is
 * is only asked about what it lacks.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { extractKnowledge, readChats } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * const pipeline = definePipeline("drafts").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/chatgpt-export"))
 *     .step("whole", (conversation) => ({ conversation }))
 *     .transform(extractKnowledge({ language: "English" }))
 *     .collect("first", ([part]) => part?.notes[0])
 *     .load(writeMarkdown("notes", (note) => ({ title: note?.title ?? "A chat", body: note?.content ?? "" }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * console.log(session.status, session.counts.completed);
 * // prints: completed 4
 * ```
 */
export function extractKnowledge(options: ExtractKnowledgeOptions = {}): Step<ChatPart, NotedPart> {
  const asking = { ...options, prompts: options.prompts ?? promptsWith() };
  return defineStep({
    name: "extract_knowledge",
    version: PROMPT_VERSION,
    lane: "model",
    cache: true,
    settings: settingsOf(asking),
    process: async (part: ChatPart, ctx): Promise<NotedPart | Filter | FanOutAgain> => {
      const { conversation, excerpt } = part;
      if (conversation && !excerpt && !hasText(conversation)) return filterItem("no text");
      try {
        return {
          ...(conversation && { conversation }),
          notes: [await noteOn(part, asking, ctx)],
          writtenBy: ctx.model.answeredBy,
        };
      } catch (error) {
        if (!(error instanceof StepError) || !isTooMuch(error, ctx)) throw error;
        return cutSmaller(part, { cause: error, countTokens: tokenCounter(ctx.model) });
      }
    },
  });
}

/**
 * The text was refused as too long, or it filled the context and left no room for the answer, also when a shorter answer was
 * asked for. An answer that is cut off at its own limit would be so for a part of the text too.
 */
const isTooMuch = ({ kind, cutOffBy }: StepError, { complaint }: StepContext): boolean =>
  kind === "input_too_long" || (cutOffBy === "context" && complaint !== undefined);

/** Anything but white space, punctuation and control characters. */
const HAS_MATTER = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

const hasText = (conversation: Conversation): boolean =>
  materialOf(conversation).messages.some(({ text }) => HAS_MATTER.test(text));

async function noteOn({ conversation, excerpt }: ChatPart, asking: Asking, ctx: StepContext): Promise<PartNote> {
  if (excerpt) return partNote(await askInLanguage(questionAboutPart(excerpt), asking, ctx));
  if (!conversation) throw new StepError("bug", "A part of a chat holds neither a conversation nor an excerpt.");
  if (conversation.document) return describeDocument(conversation, conversation.document, asking, ctx);
  return partNote(await askInLanguage(questionAbout(conversation), asking, ctx));
}

/** An answer in the wrong language is asked for once more; a second one goes to review. */
async function askInLanguage(question: Question, asking: Asking, ctx: StepContext): Promise<ParsedNote> {
  const note = await ask(question, asking, ctx);
  // What quotes the chat has its language.
  if (ctx.complaint !== undefined || ctx.model.answeredBy === QUOTING_ENGINE) return note;
  const mismatch = languageMismatch(note.content, {
    asked: asking.language,
    conversation: () => question.values["conversation"] ?? "",
  });
  if (!mismatch) return note;
  const [wanted, got] = [languageName(mismatch.wanted), languageName(mismatch.got)];
  throw refused(
    `It was written in ${got}: write it in ${wanted}.`,
    note.content,
    requestFor(question, asking, undefined),
  );
}

const partNote = ({ title, ...note }: ParsedNote): PartNote => ({ ...(title !== undefined && { title }), ...note });
