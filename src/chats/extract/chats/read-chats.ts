import { resolve } from "node:path";
import type { Source, SourceContext } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import { type Branches, checkExport, readExport } from "../conversation-source.ts";
import { readJekyll } from "../jekyll/index.ts";
import { readMarkdown } from "../markdown/index.ts";
import type { ChatSource } from "./chat-source.ts";
import { detectSource } from "./detect-source.ts";
import { FORMATS } from "./formats.ts";

/** How {@link readChats} reads an input. */
export interface ReadChatsOptions {
  /** The kind of the path, if it cannot be detected. @default what is found in it */
  readonly from?: ChatSource | undefined;
  /** Which branches of a chat are read. @default "current" */
  readonly branches?: Branches | undefined;
  /** A folder that is not read, such as the one that notes go to. */
  readonly except?: string | undefined;
}

/** Checks and reads one kind of input. */
type Reader = Pick<Source<Conversation>, "check" | "read">;

/**
 * A source of everything that can become a note: the chats of Claude and ChatGPT exports, in whatever zips, folders and
 * files they came, and the documents of Markdown folders and Jekyll blogs. The content decides what it is, chat by
 * chat: an input may hold the exports of both services. In doubt it is refused (`input_malformed`), and `from` decides.
 * A relative path starts at the current folder.
 *
 * @example
 * ```ts
 * import { readChats } from "holdfast/chats";
 *
 * const chats = readChats("examples/claude-export");
 * for await (const record of chats.read({ signal: new AbortController().signal })) {
 *   if (record.kind !== "item") continue;
 *   const { provider, title, messages } = record.content;
 *   console.log(`${provider}: ${title}, ${messages.length} messages`);
 *   break;
 * }
 * // prints: claude: Runbook review: every alert of the shop, one by one, 154 messages
 * ```
 */
export function readChats(path: string, options: ReadChatsOptions = {}): Source<Conversation> {
  const absolutePath = resolve(path);
  const choose = async (ctx: SourceContext): Promise<Reader> =>
    readerOf(absolutePath, options.from ?? (await detectSource(absolutePath, options, ctx)), options);
  return {
    name: "parse_chats",
    version: 1,
    check: async (ctx) => (await choose(ctx)).check(ctx),
    read: (ctx) => readChosen(choose, ctx),
  };
}

async function* readChosen(
  choose: (ctx: SourceContext) => Promise<Reader>,
  ctx: SourceContext,
): ReturnType<typeof readExport> {
  yield* (await choose(ctx)).read(ctx);
}

function readerOf(path: string, from: ChatSource | "chats", { branches, except }: ReadChatsOptions): Reader {
  switch (from) {
    case "markdown":
      return readMarkdown(path, { except });
    case "jekyll":
      return readJekyll(path, { except });
    case "chats":
    case "claude":
    case "chatgpt": {
      const forced = from === "chats" ? {} : { from };
      const reading = {
        path,
        formats: FORMATS,
        except: except && resolve(except),
        ...forced,
        ...(branches && { branches }),
      };
      return { check: (ctx) => checkExport(reading, ctx), read: (ctx) => readExport(reading, ctx) };
    }
  }
}
