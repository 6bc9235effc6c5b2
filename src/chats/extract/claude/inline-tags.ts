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
  const untagged = withoutThinking(text).replace(ARTIFACT, (whole, attributes: string, body: string) => {
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

const THINKING = { begins: "<antThinking>", ends: "</antThinking>" };

/**
 * Thoughts that never end are talk about the tag. Not with a regular expression, which would search for the end again
 * from each beginning.
 */
function withoutThinking(text: string): string {
  let kept = "";
  let from = 0;
  for (;;) {
    const start = text.indexOf(THINKING.begins, from);
    const end = start < 0 ? -1 : text.indexOf(THINKING.ends, start);
    if (end < 0) return kept + text.slice(from);
    kept += text.slice(from, start);
    from = end + THINKING.ends.length;
  }
}

/** Attributes are a line or so. */
const ARTIFACT = /<antArtifact\s([^>]{0,1000})>([^]*?)(?:<\/antArtifact>|$)/g;

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from(text.matchAll(/([\w-]+)="([^"]*)"/g), ([, name = "", value = ""]) => [name, value]),
  );
}
