import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { folderName } from "../../../stages/note/index.ts";

/** How the folders of a vault are named. */
export interface VaultFolders {
  /** `{genre}/{topic}`; a part whose name is unknown is left out. */
  readonly folders: string;
  /** For notes without a genre. */
  readonly unclassified: string;
}

/** The folder of the vault that a note belongs in, with `/`. */
export function vaultFolder(
  note: Pick<ClassifiedNote, "genre" | "topic" | "isGuess">,
  { folders, unclassified }: VaultFolders,
): string {
  const { genre, topic, isGuess = false } = note;
  if (genre === undefined) return parts(unclassified).join("/");
  const names: Readonly<Record<string, string | undefined>> = { genre, topic: isGuess ? undefined : topic };
  return parts(folders)
    .map((part) => part.replace(/\{(genre|topic)\}/g, (_, name: string) => names[name] ?? ""))
    .flatMap((part) => folderName(part) ?? [])
    .join("/");
}

const parts = (folders: string): readonly string[] => folders.split("/").filter((part) => part.trim() !== "");
