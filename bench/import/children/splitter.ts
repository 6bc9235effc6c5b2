// Our splitter, and JSON.parse of each element: `node splitter.ts FILE`.
import { readInput } from "../../../dist/stages/extract/input/index.js";
import { parseElements } from "../../../dist/stages/extract/json-elements/index.js";
import { measure } from "./reading.ts";

const [path = ""] = process.argv.slice(2);
await measure(async () => {
  let elements = 0;
  for await (const element of parseElements(readInput(path))) if (element.kind === "parsed") elements++;
  return elements;
});
