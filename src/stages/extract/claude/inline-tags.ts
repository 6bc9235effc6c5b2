import type { ArtifactChange } from "../artifacts/index.ts";

export interface Untagged {
  readonly text: string;
  readonly artifactChanges: readonly ArtifactChange[];
}

/**
 * Takes the tags out of an older answer's text: `<antThinking>` goes with what it holds, `<antArtifact>` becomes a
 * document and leaves its title. An artifact that was never closed goes to the end of the text, where the answer was cut.
 */
export function takeInlineTags(text: string): Untagged {
  const artifactChanges: ArtifactChange[] = [];
  const untagged = text.replace(THINKING, "").replace(ARTIFACT, (whole, attributes: string, body: string) => {
    const { identifier, title = "", type = "", language = "" } = attributesOf(attributes);
    // Without a name it is talk about the tag, and no document.
    if (!identifier) return whole;
    artifactChanges.push({
      id: identifier,
      title,
      mediaType: type,
      language,
      edit: { kind: "whole", text: body.trim() },
    });
    return `[artifact: ${title || identifier}]`;
  });
  return { text: untagged, artifactChanges };
}

const THINKING = /<antThinking>[^]*?<\/antThinking>/g;
const ARTIFACT = /<antArtifact\s([^>]*)>([^]*?)(?:<\/antArtifact>|$)/g;

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from(text.matchAll(/([\w-]+)="([^"]*)"/g), ([, name = "", value = ""]) => [name, value]),
  );
}
