import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newProject } from "./holdfast.ts";

/** Where something odd is done, for item `b` of `a`, `b` and `c`. */
export type OddPlace = "import" | "source" | "step" | "sink" | "validate";

/** A project with a pipeline, `odd.mjs`, in which something odd is done, unless the environment has `FIXED`. */
export function projectWithOdd(place: OddPlace, odd: string): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "odd.mjs"), pipelineWith(place, odd));
  return cwd;
}

/**
 * `odd` is the body of a function; what it returns is waited for. With `letGo()` the step of `c`, which otherwise waits,
 * goes on.
 */
const pipelineWith = (place: OddPlace, odd: string): string => `
import { appendFileSync } from "node:fs";
import { definePipeline, defineStep } from "holdfast";

const { promise: released, resolve: letGo } = Promise.withResolvers();
const waits = ${JSON.stringify(odd.includes("letGo"))} && !process.env.FIXED;
const odd = async () => { ${odd} };
const at = (place, id) => (process.env.FIXED || place !== "${place}" || id !== "b" ? undefined : odd());

await at("import", "b");
const valid = { "~standard": { version: 1, vendor: "odd", validate: (value) => {
  const oddly = at("validate", value);
  return oddly ? oddly.then(() => ({ value })) : { value };
} } };
export default definePipeline("odd").phase("work", (phase) =>
  phase
    .extract({ name: "list", version: 1, check: async () => [], async *read() {
      for (const id of ["a", "b", "c"]) {
        await at("source", id);
        yield { kind: "item", itemId: id, sourcePath: "list", content: id };
      }
    } })
    .transform(defineStep({ name: "look", validate: valid, process: async (content, { itemId }) => {
      await at("step", itemId);
      if (waits && itemId === "c") await released;
      return content;
    } }))
    .load({ name: "keep", version: 1, check: async () => {}, load: async (content, { itemId }) => {
      await at("sink", itemId);
      appendFileSync("out.txt", itemId + "\\n");
      return { outputPath: "out.txt" };
    } }),
);
`;
