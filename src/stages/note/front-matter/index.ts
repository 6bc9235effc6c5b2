export { editFrontMatter, type FrontMatterChanges } from "./edit-front-matter.ts";
export { type ParsedYaml, parseYaml } from "./parse-yaml.ts";
export { readFrontMatter } from "./read-front-matter.ts";
export { splitNote } from "./split-note.ts";
export { tidyTags } from "./tidy-tags.ts";
export { yamlLines, type YamlValue } from "./yaml-lines.ts";
