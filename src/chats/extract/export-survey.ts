import { type ElementOptions, elementsOf, placeOf } from "./export-elements.ts";
import type { ExportFile } from "./export-files/index.ts";
import { NewestCopies } from "./newest-copies.ts";
import { type Provider, otherContentOf } from "./provider.ts";

/** The result of a first reading of an export. */
export interface ExportSurvey {
  /** In all files that hold conversations. */
  readonly elements: number;
  /** The service of the file's first conversation; `undefined` for a file that holds none. */
  readonly providerOf: (file: ExportFile) => Provider | undefined;
  /** What a file without conversations is. */
  readonly otherFiles: ReadonlyMap<ExportFile, OtherFile>;
  /** Whether the copy at that place counts. */
  readonly isNewest: (itemId: string, place: string) => boolean;
}

export interface OtherFile {
  /** As in "projects", when that is known. */
  readonly holds: string | undefined;
  /** Continues a sentence after "found". */
  readonly found: string;
  /** Set when the file could not be read to its first conversation. */
  readonly damage: string | undefined;
}

export interface SurveyOptions extends ElementOptions {
  readonly signal: AbortSignal;
}

export async function surveyExport(files: readonly ExportFile[], options: SurveyOptions): Promise<ExportSurvey> {
  const copies = new NewestCopies();
  const providers = new Map<ExportFile, Provider>();
  const otherFiles = new Map<ExportFile, OtherFile>();
  let elements = 0;
  for (const file of files) {
    const { count, provider, other } = await surveyFile(file, copies, options);
    if (provider === undefined) otherFiles.set(file, other);
    else {
      providers.set(file, provider);
      elements += count;
    }
  }
  return {
    elements,
    otherFiles,
    providerOf: (file) => providers.get(file),
    isNewest: (id, place) => copies.newestOf({ id, place }).place === place,
  };
}

interface FileSurvey {
  readonly count: number;
  readonly provider: Provider | undefined;
  readonly other: OtherFile;
}

async function surveyFile(file: ExportFile, copies: NewestCopies, options: SurveyOptions): Promise<FileSurvey> {
  let count = 0;
  let provider = options.from;
  let holds: string | undefined;
  let found = "no element";
  let damage: string | undefined;
  for await (const element of elementsOf(file, options)) {
    options.signal.throwIfAborted();
    count++;
    if (element.kind === "conversation") {
      provider ??= element.format.provider;
      const { itemId, index, updatedAt } = element;
      copies.see({ id: itemId, place: placeOf(file, index), updatedAt });
    } else if (count === 1 && element.kind === "unknown") {
      holds = otherContentOf(element.value);
      found = element.description;
    } else if (count === 1 && element.kind === "unreadable") damage = element.reason;
  }
  return { count, provider, other: { holds, found, damage } };
}
