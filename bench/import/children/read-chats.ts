// The source of `holdfast import`, its check included: `node read-chats.ts PATH`.
import { readChats } from "../../../dist/chats/extract/chats/index.js";
import { measure } from "./reading.ts";

const [path = ""] = process.argv.slice(2);
await measure(async () => {
  const { signal } = new AbortController();
  const source = readChats(path);
  await source.check({ signal });
  let items = 0;
  for await (const record of source.read({ signal })) if (record.kind === "item") items++;
  return items;
});
