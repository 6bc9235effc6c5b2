import { expectTypeOf } from "vitest";
import type { Embed, Embedding } from "./embedding-model.ts";

declare const embed: Embed;
declare const list: readonly string[];

// A text gives its vector, and a list of texts theirs.
expectTypeOf(embed("kelp")).resolves.toEqualTypeOf<Embedding>();
expectTypeOf(embed(["kelp"])).resolves.toEqualTypeOf<readonly Embedding[]>();
expectTypeOf(embed(list)).resolves.toEqualTypeOf<readonly Embedding[]>();
// @ts-expect-error -- a number is no text
void embed(7);
