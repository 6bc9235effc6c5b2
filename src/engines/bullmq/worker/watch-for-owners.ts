import { type Participant, listPresent } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";

export interface WatchOwnersOptions {
  /** This worker. */
  readonly self: Pick<Participant, "modelId" | "pipeline" | "version">;
  readonly state: SharedState;
  readonly say: (message: string) => void;
}

const LOOK_EVERY_MS = 3_000;

/** Reports once each session that this worker cannot serve: it has other steps, or another model. */
export function watchForOwners({ self, state, say }: WatchOwnersOptions): Disposable {
  const reported = new Set<string>();
  const look = async (): Promise<void> => {
    for (const { id, session = id, version, modelId, host } of await listPresent("owner", self.pipeline, state)) {
      if (version === self.version || reported.has(id)) continue;
      reported.add(id);
      const other =
        modelId === self.modelId
          ? "has different steps or step settings"
          : `uses ${modelId}, and this worker ${self.modelId}`;
      say(
        `Session ${session} on ${host} runs pipeline "${self.pipeline}" too, but ${other}, so this worker gets no work from it. Start a worker with that session's pipeline and options.`,
      );
    }
  };
  void look().catch(() => {});
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
