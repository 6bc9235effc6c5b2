import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Source } from "../../../core/pipeline/source.ts";
import { readJsonl } from "./index.ts";

const Doc = z.object({ id: z.string(), at: z.string().transform((text) => new Date(text)) });

// With a schema the content is what the schema puts out.
expectTypeOf(readJsonl("docs.jsonl", { schema: Doc })).toEqualTypeOf<Source<{ id: string; at: Date }>>();

// `id` gets the same content.
readJsonl("docs.jsonl", { schema: Doc, id: (doc) => doc.at.toISOString() });

// @ts-expect-error the schema's input is not the content
readJsonl("docs.jsonl", { schema: Doc, id: (doc) => doc.at.slice(0, 4) });

// Without a schema nothing is known of the content.
expectTypeOf(readJsonl("docs.jsonl")).toEqualTypeOf<Source<unknown>>();
expectTypeOf(readJsonl("docs.jsonl", { id: String })).toEqualTypeOf<Source<unknown>>();

// @ts-expect-error a content type cannot be claimed without a schema that checks it
readJsonl<{ id: string }>("docs.jsonl");
