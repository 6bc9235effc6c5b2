import { elementSorter, type ReadElement, type ReadItem } from "./element-ids.ts";
import type { LimitGuard } from "./limit-guard.ts";
import { messageOf, classifyFailure, type Mask } from "../failure/index.ts";
import {
  extractedFact,
  isExtracted,
  keepFailure,
  startedFact,
  totalFact,
  type PhaseManager,
  type StepTracker,
} from "../session/index.ts";
import type { RunControl } from "./run-control.ts";
import type { RunListener } from "./run-event.ts";
import { inPlace, type RunningCode } from "./running-code.ts";
import type { BrokenElement, Source, SourceItem, SourceRecord, SourceTotal } from "../pipeline/index.ts";
import { ItemStatus, type JsonValue, MOST_LEVELS_OF_METADATA, throughJson } from "../base/index.ts";
import type { NewItem, PendingItem, SessionStore } from "../storage/index.ts";

export interface SourceDeps {
  readonly phase: string;
  readonly source: Source<unknown>;
  readonly store: SessionStore;
  readonly control: RunControl;
  readonly tracker: StepTracker;
  readonly phases: PhaseManager;
  readonly onEvent: RunListener;
  readonly mask: Mask;
  readonly limits: LimitGuard;
  readonly running: RunningCode;
  /** Items that are about to leave here: the store has them too, but nothing else may start them. */
  readonly taken: Set<string>;
}

/**
 * The items that the source puts out, each one recorded before its first step. The source is read only as fast as items
 * are taken. When it was read to its end, that is recorded, and no later run reads it again; when the run was stopped
 * before, the next run reads it again and skips what it knows.
 */
export async function* readSource(deps: SourceDeps): AsyncGenerator<PendingItem> {
  const { phase, source, store, control, tracker } = deps;
  if (isExtracted(store, phase)) return;

  const sort = elementSorter(deps);
  await store.setFact(startedFact(phase), "yes");
  let elements = 0;
  let recorded = 0;
  tracker.start(source.name);
  try {
    for await (const record of inRunningCode(deps)) {
      if (control.stopping) return;
      if (record.kind === "total") {
        await store.setFact(totalFact(phase), String(record.count));
        deps.onEvent({ kind: "total", phase, count: record.count });
        continue;
      }
      elements += 1;
      const read = readableElement(record);
      const element = sort(read, elements);
      if (element?.kind === "item" && !deps.limits.mayBegin()) return;
      if (element && element.kind !== "broken") recorded += 1;
      if (element) yield* admit(element, deps);
      else if (read.kind === "item") yield* admitChanged(read, deps);
    }
    if (!control.stopping) await store.setFact(extractedFact(phase), JSON.stringify({ elements }));
  } catch (error) {
    // A source that is told to stop may throw; any other error ends the run here, and what was read is safe.
    if (control.stopping) return;
    if (classifyFailure(error) === "write") stopForWrite(control, error);
    else control.stop({ kind: "source", message: messageOf(error), error });
  } finally {
    tracker.complete(source.name, { itemsProcessed: recorded, attempts: 0 });
  }
}

/** What the source puts out; an error that escapes from its code ends the reading. */
function inRunningCode({ phase, source, control, running }: SourceDeps): AsyncIterable<SourceRecord<unknown>> {
  const place = { kind: "source", phase, source: source.name } as const;
  return {
    [Symbol.asyncIterator]() {
      const records = inPlace(place, () => source.read({ signal: control.drain })[Symbol.asyncIterator]());
      return {
        next: async () => running.run(place, () => records.next()),
        return: async () => (await records.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

/** The element with content and metadata as the store keeps them; broken when they do not survive JSON. */
export function readableElement(element: Exclude<SourceRecord<unknown>, SourceTotal>): ReadElement {
  assertTexts(element);
  if (element.kind !== "item") return element;
  const { itemId, sourcePath } = element;
  let what = "content";
  try {
    // Through JSON, so that the first step sees in this run what it would see after a resume.
    const { value: content, text: contentText } = throughJson(element.content) ?? { value: null, text: "null" };
    what = "metadata";
    return { ...element, content, contentText, ...metadataOf(element) };
  } catch (cause) {
    const error = new Error(`its ${what} cannot be stored: ${messageOf(cause)}`, { cause });
    return { kind: "broken", itemId, sourcePath, error };
  }
}

function metadataOf({ metadata }: SourceItem<unknown>): Pick<SourceItem<unknown>, "metadata"> {
  if (metadata === undefined) return {};
  const stored = throughJson(metadata, MOST_LEVELS_OF_METADATA)?.value;
  return isObject(stored) ? { metadata: stored } : {};
}

const isObject = (value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sources are written in JavaScript too. */
function assertTexts(element: Record<"itemId" | "sourcePath", unknown>): void {
  for (const name of ["itemId", "sourcePath"] as const) {
    const type = typeof element[name];
    if (type !== "string") throw new TypeError(`The source put out an element whose ${name} is ${type}, not a text.`);
  }
}

/** Records an element, and yields it when it has steps to do. */
async function* admit(element: ReadElement, deps: SourceDeps): AsyncGenerator<PendingItem> {
  const { phase, store, onEvent } = deps;
  const { itemId, sourcePath } = element;
  switch (element.kind) {
    case "item": {
      const item = newItem(element, deps);
      deps.limits.stepEnded(deps.source.name, { failed: false });
      // Awaited by the item's first step and not here, so that many items share a commit.
      deps.taken.add(itemId);
      const admitted = store.addItem(item);
      admitted.catch((error: unknown) => stopForWrite(deps.control, error));
      const content = item.content ?? null;
      yield { ...FRESH, phase, itemId, sourcePath, content, admitted };
      return;
    }
    case "skipped":
      await store.addItem({ ...bare(element, deps), status: ItemStatus.skipped, reason: element.reason });
      onEvent({ kind: "item", phase, itemId, status: ItemStatus.skipped, reason: element.reason });
      return;
    case "broken":
      await recordBroken(element, deps);
  }
}

/** An item that was done in an earlier run starts again when its content has changed. */
async function* admitChanged(element: ReadItem, deps: SourceDeps): AsyncGenerator<PendingItem> {
  const { phase, store } = deps;
  const replaced = store.replaceIfChanged(newItem(element, deps));
  if (replaced === undefined) return;
  deps.taken.add(element.itemId);
  await replaced;
  yield store.pendingItem(phase, element.itemId);
}

/** The state of an item that a source has just put out. */
const FRESH = {
  nextStep: 0,
  generation: 1,
  force: false,
  depth: 0,
  collected: false,
  reviewReason: undefined,
} as const;

async function recordBroken(element: BrokenElement, deps: SourceDeps): Promise<void> {
  const { phase, source, store, tracker, limits, phases, onEvent, mask } = deps;
  const { itemId, sourcePath, error } = element;
  const evidence = {
    phase,
    itemId,
    sourcePath,
    step: source.name,
    kind: "input",
    error,
    input: element.input,
    attempts: [],
  };
  const folder = await keepFailure(phases, evidence, mask);
  const reason = mask(messageOf(error));
  const failure = { step: source.name, kind: "input", message: reason, folder } as const;
  await store.addItem({ ...bare(element, deps), status: ItemStatus.failed, reason, failure });
  tracker.start(source.name);
  tracker.fail(source.name, reason, { attempts: 0 });
  limits.stepEnded(source.name, { failed: true });
  limits.itemEnded(ItemStatus.failed);
  onEvent({ kind: "item", phase, itemId, status: ItemStatus.failed, reason });
}

function newItem(
  { itemId, sourcePath, content, contentText, metadata = {} }: ReadItem,
  { phase, source }: SourceDeps,
): NewItem {
  return { phase, readBy: source.name, itemId, sourcePath, metadata, content, contentText, status: ItemStatus.pending };
}

const bare = ({ itemId, sourcePath }: ReadElement, { phase, source }: SourceDeps): Omit<NewItem, "status"> => ({
  phase,
  readBy: source.name,
  itemId,
  sourcePath,
  metadata: {},
  content: undefined,
});

/** Stops a run whose results cannot be written. */
export function stopForWrite(control: RunControl, error: unknown): void {
  control.stop({ kind: "write", message: messageOf(error), error });
}
