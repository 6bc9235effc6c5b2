import { ROOMS, type Room } from "./rooms.ts";

/** Rooms that are told by one word when a room may import all of them, in their order. */
const GROUPS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ["core", "llm", "stages", "chats", "engines/bullmq", "cli"].map((group) => [
    group,
    ROOMS.map(({ folder }) => folder).filter((folder) => folder === group || folder.startsWith(`${group}/`)),
  ]),
);

/** What ARCHITECTURE.md shows of the rooms, as a Markdown table. */
export function roomsTable(rooms: readonly Room[] = ROOMS): string {
  const rows = rooms.map(({ folder, idea, mayImport, packages }) => {
    const name = folder === "." ? "`src/index.ts`" : `\`src/${folder}/\``;
    return `| ${name} | ${idea} | ${shorten(mayImport).join(", ") || "nothing"} | ${packages.map(code).join(", ")} |`;
  });
  return ["| room | what it is about | may import | packages |", "|---|---|---|---|", ...rows].join("\n");
}

const code = (text: string): string => `\`${text}\``;

/** `core/*` for all rooms of the core, `core/*` up to `lane` for the first of them; others by their names. */
function shorten(rooms: readonly string[]): readonly string[] {
  const words: string[] = [];
  const left = new Set(rooms);
  for (const [group, members] of Object.entries(GROUPS)) {
    const here = members.filter((member) => left.has(member));
    const isWhole = here.length === members.length;
    const isBeginning =
      group === "core" && here.length > 2 && members.slice(0, here.length).every((one) => left.has(one));
    if (!isWhole && !isBeginning) continue;
    const upTo = isWhole ? "" : ` up to \`${here.at(-1)?.slice(group.length + 1)}\``;
    words.push(`\`${group}/*\`${upTo}`);
    for (const member of here) left.delete(member);
  }
  const named = rooms.filter((folder) => left.has(folder)).map(code);
  const isRetry = (one: string): boolean => one === "`retry`";
  return [...named.filter(isRetry), ...words, ...named.filter((one) => !isRetry(one))];
}
