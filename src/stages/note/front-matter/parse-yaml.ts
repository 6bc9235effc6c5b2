import { type Document, isNode, isScalar, parseDocument, visit } from "yaml";

/** YAML as far as it could be read, and its first fault in words for people, with the line it is in, from 1. */
export interface ParsedYaml {
  readonly document: Document;
  readonly fault: { readonly words: string; readonly line: number } | undefined;
}

export interface ParseYamlOptions {
  /** Of two keys with one name the last counts, as Jekyll has it. @default false */
  readonly repeatsKeys?: boolean;
}

/** Reads YAML in time that grows with its length: the library compares all keys, and shows its source for each fault. */
export function parseYaml(yaml: string, { repeatsKeys = false }: ParseYamlOptions = {}): ParsedYaml {
  const document = parseDocument(yaml, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  const repeated = error !== undefined || repeatsKeys ? undefined : placeOfRepeatedKey(document);
  const place = error?.pos[0] ?? repeated;
  if (place === undefined) return { document, fault: undefined };
  const words = error === undefined ? "Map keys must be unique" : (error.message.split("\n", 1)[0] ?? "");
  return { document, fault: { words, line: yaml.slice(0, place).split("\n").length } };
}

function placeOfRepeatedKey(document: Document): number | undefined {
  let place: number | undefined;
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (keys.has(name)) place ??= (isNode(key) ? key.range?.[0] : undefined) ?? 0;
        keys.add(name);
      }
      return place === undefined ? undefined : visit.BREAK;
    },
  });
  return place;
}
