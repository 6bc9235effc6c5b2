import { StepError } from "../../../core/failure/index.ts";
import { sendToReview, type Review, defineStep, type Step, type StepContext } from "../../../core/pipeline/index.ts";
import type { SourceNote } from "../../extract/notes/index.ts";
import { tidyTags } from "../../../stages/note/front-matter/index.ts";
import type { ClassifiedNote } from "./classified-note.ts";
import { matchRule } from "./match-rule.ts";
import { parseClass } from "./parse-answer.ts";
import { buildPrompt, PROMPT_VERSION, SYSTEM } from "./prompt.ts";
import { genresOf, type OrganizeSettings } from "./rules.ts";

/**
 * A step that sets the genre and topic of a note: from the note itself, else from the first rule that matches, else
 * from the run's model. The extractive engine chooses no genre. Without a topic, the note's first tag is used. A note
 * without a genre goes on for review, with the reason.
 *
 * @example
 * ```ts
 * import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
 * import { definePipeline, runPipeline } from "holdfast";
 * import { classify, readNotes } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * mkdirSync("notes");
 * writeFileSync("notes/Dough.md", "---\ntags: [bread]\n---\n\nFlour, water, salt.\n");
 * const rules = [{ genre: "cooking", topic: "baking", when: { tags: "bread" } }];
 * const pipeline = definePipeline("index").phase("classify", (phase) =>
 *   phase
 *     .extract(readNotes("notes"))
 *     .transform(classify({ rules }))
 *     .load(writeMarkdown("index", ({ path, genre, topic }) => ({ title: path, body: `${genre}, ${topic}` }))),
 * );
 * await runPipeline(pipeline);
 * console.log(readFileSync("index/Dough.md.md", "utf8").trimEnd().split("\n").at(-1));
 * // prints: cooking, baking
 * ```
 */
export function classify(settings: OrganizeSettings): Step<SourceNote, ClassifiedNote> {
  const { rules = [] } = settings;
  return defineStep({
    name: "classify",
    version: PROMPT_VERSION,
    lane: "model",
    cache: true,
    settings: { rules, genres: genresOf(settings) },
    process: async (note: SourceNote, ctx): Promise<ClassifiedNote | Review<ClassifiedNote>> => {
      const { path, hash, genre } = note;
      if (genre !== undefined) return { path, hash, genre, ...withTopic(note, undefined) };
      const rule = matchRule(note, rules);
      if (rule !== undefined) return { path, hash, genre: rule.genre, ...withTopic(note, rule.topic) };
      if (ctx.model.id === "extractive") return unclassified(note, "no rule fits");
      return askModel(note, settings, ctx);
    },
  });
}

async function askModel(
  note: SourceNote,
  settings: OrganizeSettings,
  { model, signal, complaint }: StepContext,
): Promise<ClassifiedNote | Review<ClassifiedNote>> {
  const genres = genresOf(settings);
  const topics = [...new Set((settings.rules ?? []).flatMap(({ topic }) => topic ?? []))];
  const prompt = buildPrompt(note, { genres, topics, complaint });
  const material = { title: note.title, messages: [{ role: "user", text: note.text }] };
  const { text } = await model.generate({ prompt, system: SYSTEM, material, signal });
  const answer = parseClass(text, genres);
  if (!answer.ok) {
    throw new StepError("answer", answer.complaint, { rawAnswer: text, request: `${SYSTEM}\n\n${prompt}` });
  }
  const { path, hash } = note;
  if (answer.genre === undefined) return unclassified(note, "the model found no genre that fits");
  return { path, hash, genre: answer.genre, ...withTopic(note, answer.topic) };
}

const unclassified = ({ path, hash }: SourceNote, reason: string): Review<ClassifiedNote> =>
  sendToReview(reason, { path, hash, reason });

function withTopic(note: SourceNote, given: string | undefined): Pick<ClassifiedNote, "topic" | "isGuess"> {
  const { tags, topic = given } = note;
  if (topic !== undefined) return { topic };
  const [guess] = tidyTags(tags);
  return guess === undefined ? {} : { topic: guess, isGuess: true };
}
