/** What services put beside the chats in an export. */
interface Companion {
  readonly names: RegExp;
  /** Its content, for the message when it is left out; absent when nobody would miss it. */
  readonly holds?: string;
}

const COMPANIONS: readonly Companion[] = [
  { names: /^projects?([-_ ]\d+)?( \(\d+\))?\.(json|zip)$/i, holds: "projects" },
  { names: /^memor(y|ies)([-_ ]\d+)?( \(\d+\))?\.(json|zip)$/i, holds: "memories" },
  { names: /^group_chats\.json$/i, holds: "group chats" },
  { names: /^(users?|user_settings|message_feedback|shared_conversations)([-_ ]\d+)?( \(\d+\))?\.(json|zip)$/i },
  { names: /^(chat\.html|export_manifest\.json|.*\.json\.index|manifest([-_].*)?\.json)$/i },
  // What a person uploaded, or had drawn: even a JSON file of chats among these is no chat of this export.
  { names: /^file[-_]/i },
  { names: /\.(png|jpe?g|gif|webp|heic|svg|dat|wav|mp3|m4a|mp4|webm)$/i },
];

/** Folders of uploads, and what operating systems put into zips. */
const FOLDERS = /(^|\/)(__MACOSX|node_modules|dalle-generations|user-[^/]*|\.[^/]*)\//i;

const NO_CHATS: Companion = { names: FOLDERS };
const PROJECTS: Companion = { names: /(^|\/)projects\/[^/]+\.json$/i, holds: "projects" };

/** The companion of the chats that goes by that name; `undefined` for a file that has to be looked into. */
export function companionNamed(name: string): Pick<Companion, "holds"> | undefined {
  if (FOLDERS.test(name)) return NO_CHATS;
  if (PROJECTS.names.test(name)) return PROJECTS;
  const base = name.slice(name.lastIndexOf("/") + 1);
  if (base.startsWith(".")) return NO_CHATS;
  return COMPANIONS.find(({ names }) => names.test(base));
}

/** `holds` as in "projects". */
export const notImported = (holds: string): string => `${holds} are not imported`;

/** An array or an object without anything in it has no more bytes. */
const EMPTY_JSON_BYTES = 4;

/** Why a companion is left out, if it has anything that a person might miss. */
export function reasonToLeaveOut({ holds }: Pick<Companion, "holds">, bytes: number): string | undefined {
  return holds === undefined || bytes <= EMPTY_JSON_BYTES ? undefined : notImported(holds);
}
