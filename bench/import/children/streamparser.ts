// @streamparser/json: `node streamparser.ts FILE`.
import { createReadStream } from "node:fs";
import { JSONParser } from "@streamparser/json";
import { measure } from "./reading.ts";

const [path = ""] = process.argv.slice(2);
await measure(async () => {
  let elements = 0;
  const parser = new JSONParser({ paths: ["$.*"], keepStack: false });
  parser.onValue = () => void elements++;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    if (chunk instanceof Uint8Array) parser.write(chunk);
  }
  return elements;
});
