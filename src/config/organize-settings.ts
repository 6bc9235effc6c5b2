import { z } from "zod";
import type { OrganizeSettings } from "../chats/transform/classify/index.ts";

const text = z.string().refine((value) => value.trim() !== "", "expected some text");
const texts = z.union([text, z.array(text).min(1)]).optional();

const folders = text.refine(
  (value) => /\{(?:genre|topic)\}/.test(value) && !value.replaceAll(/\{(?:genre|topic)\}/g, "").includes("{"),
  "expected {genre}, {topic} or both, and no other braces",
);

const rule = z.strictObject({
  genre: text,
  topic: text.optional(),
  when: z.strictObject({ tags: texts, words: texts, title: texts, folder: texts, source: texts }).optional(),
});

/** What `organize` may hold. Its type is wider by `undefined` than the one it stands for, as optional keys of zod are. */
const settings = z.strictObject({
  rules: z.array(rule).optional(),
  genres: z.array(text).optional(),
  folders: folders.optional(),
  unclassified: text.optional(),
});

/** A key that is `undefined` counts as absent, in a file as well as in a session's options. */
export const organizeSettings: z.ZodType<OrganizeSettings> = settings.transform(
  (value) => JSON.parse(JSON.stringify(value)) as OrganizeSettings,
);
