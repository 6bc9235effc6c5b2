import { isDeepStrictEqual } from "node:util";
import { tagsOf } from "../../extract/notes/index.ts";
import {
  editFrontMatter,
  readFrontMatter,
  tidyTags,
  type FrontMatterChanges,
} from "../../../stages/note/front-matter/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { isoDate } from "./iso-date.ts";

const DATES = ["created", "updated", "date", "modified"] as const;

/**
 * The note with its genre and topic in the front matter, its tags as a list and its dates in ISO 8601. Everything else
 * stays as it is, and so does the whole text when its front matter cannot be changed without changing more.
 */
export function normalize(text: string, note: Pick<ClassifiedNote, "genre" | "topic" | "reason">): string {
  const found = readFrontMatter(text);
  const values = found.state === "read" ? found.values : {};
  const wanted: FrontMatterChanges = {
    ...datesOf(values),
    ...tags(values["tags"]),
    ...(note.genre !== undefined && { genre: note.genre }),
    ...(note.topic !== undefined && { topic: note.topic }),
    unclassified_reason: note.reason,
    normalized: true,
  };
  const changes = Object.entries(wanted).filter(([key, value]) => !isDeepStrictEqual(values[key], value));
  return editFrontMatter(text, Object.fromEntries(changes)) ?? text;
}

function tags(value: unknown): FrontMatterChanges {
  const tidy = tidyTags(tagsOf(value));
  return tidy.length === 0 ? {} : { tags: tidy };
}

const datesOf = (values: Readonly<Record<string, unknown>>): FrontMatterChanges =>
  Object.fromEntries(
    DATES.flatMap((key) => {
      const value = values[key];
      const date = typeof value === "string" ? isoDate(value) : undefined;
      return date === undefined ? [] : [[key, date]];
    }),
  );
