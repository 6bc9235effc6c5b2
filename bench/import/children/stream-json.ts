// stream-json: `node stream-json.ts FILE`.
import { createReadStream } from "node:fs";
import { streamArray } from "stream-json/streamers/stream-array.js";
import { measure } from "./reading.ts";

const [path = ""] = process.argv.slice(2);
await measure(async () => {
  let elements = 0;
  const values = createReadStream(path, { highWaterMark: 256 * 1024 }).pipe(streamArray.withParserAsStream());
  for await (const _value of values) elements++;
  return elements;
});
