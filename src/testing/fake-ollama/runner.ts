import { contextOf } from "./generation.ts";
import type { FakeModel } from "./model-shelf.ts";
import type { CallBody } from "./wire.ts";

/** The one place in memory for a model. Asking for another context loads the model again, which takes time. */
export interface Runner {
  readonly loaded: { readonly model: FakeModel; readonly numCtx: number } | undefined;
  /** How often a loaded model had to make way: for another model, or for itself with another context. */
  readonly reloads: number;
  /** Puts the model into memory with the context the request asks for; says whether that took a load. */
  load(model: FakeModel, body: CallBody): boolean;
  unload(): void;
}

export function createRunner(): Runner {
  let loaded: Runner["loaded"];
  let reloads = 0;
  return {
    get loaded() {
      return loaded;
    },
    get reloads() {
      return reloads;
    },
    load(model, body) {
      const numCtx = contextOf(body);
      if (loaded?.model === model && loaded.numCtx === numCtx) return false;
      if (loaded !== undefined) reloads += 1;
      loaded = { model, numCtx };
      return true;
    },
    unload() {
      loaded = undefined;
    },
  };
}
